import { VarveError } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'

/**
 * Fills `target` from `position` on, as far as the file goes, and returns how many bytes there were.
 *
 * A storage may give fewer only at the end of the file. What it left out would look like the end of the log, and
 * recovery would go on behind it: so a short read is asked about, read on, and refused if nothing more comes.
 *
 * @throws VarveError `SHORT_READ`; `IO` for a count that cannot be.
 */
export function* readBytes(
  file: LogFile,
  name: string,
  target: Uint8Array<ArrayBuffer>,
  position: number,
): Procedure<number> {
  const count = yield* io(`read ${name} at ${position}`, () => file.read(target, position))
  let filled = checked(count, name, target, position)
  while (filled < target.length) {
    const size = yield* io(`size of ${name}`, () => file.size())
    if (position + filled >= size) return filled
    const rest = target.subarray(filled)
    const from = position + filled
    const more = checked(yield* io(`read ${name} at ${from}`, () => file.read(rest, from)), name, rest, from)
    if (more === 0) throw shortRead(name, position + filled, size)
    filled += more
  }
  return filled
}

function checked(read: number, name: string, target: Uint8Array, position: number): number {
  if (Number.isInteger(read) && read >= 0 && read <= target.length) return read
  throw new VarveError(
    'IO',
    `the storage says that it read ${read} of ${target.length} bytes of ${name} at ${position}; check the adapter`,
    { file: name, position },
  )
}

function shortRead(name: string, position: number, size: number): VarveError {
  return new VarveError(
    'SHORT_READ',
    `the storage gives nothing at byte ${position} of ${name}, which has ${size}; check the device, then open again`,
    { file: name, position, size },
  )
}
