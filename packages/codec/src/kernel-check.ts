import { checkInteger } from './check.ts'
import { VarveError } from './errors.ts'
import { capacityBytesMax } from './layout.ts'

/** The largest memory that a kernel takes, in bytes: offsets in it stay small integers for every engine. */
export const kernelBytesMax: number = 2 ** 30

/** Throws `INVALID_ARGUMENT` unless `[offset, end)` lies within `memory`. */
export function checkRange(memory: Uint8Array, offset: number, end: number): void {
  if (!(offset >= 0 && offset <= end && end <= memory.length)) throw outOfRange(memory, offset, end)
}

/** Apart, so that the check is short enough to be inlined. */
function outOfRange({ length }: Uint8Array, offset: number, end: number): VarveError {
  return new VarveError('INVALID_ARGUMENT', `bytes ${offset} to ${end} are not within a memory of ${length}`, {
    offset,
    end,
  })
}

/** Throws `INVALID_ARGUMENT` unless frames at `position` of a file may carry `durableEnd`. */
export function checkPlace(position: number, durableEnd: number): void {
  const isWithin = Number.isSafeInteger(position) && durableEnd >= 0 && durableEnd <= position
  if (!isWithin || position % 8 !== 0 || durableEnd % 8 !== 0 || durableEnd > capacityBytesMax) {
    explainPlace(position, durableEnd)
  }
}

function explainPlace(position: number, durableEnd: number): void {
  checkInteger('position', position, 0, Number.MAX_SAFE_INTEGER, 8)
  checkInteger('durableEnd', durableEnd, 0, Math.min(position, capacityBytesMax), 8)
}

/** What is thrown when no whole staged frame stands at `offset`, in front of `end`. */
export function notStaged(offset: number, end: number): VarveError {
  return new VarveError('INVALID_ARGUMENT', 'seal needs whole staged frames', { offset, end })
}
