import { UsageError } from './command.ts'
import type { Source, System } from './system.ts'

const lineBreak = 0x0a
/** What one record may have, as the format has it. */
const recordBytesMax = 2 ** 30 - 64
const prefixBytes = 4

/** Pieces of input until it ends or the user interrupts. */
export async function* piecesOf(source: Source, { interrupt }: Pick<System, 'interrupt'>): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const interrupted = new Promise<undefined>((resolve) => {
    if (interrupt.aborted) resolve(undefined)
    interrupt.addEventListener('abort', () => { resolve(undefined) })
  })
  try {
    for (;;) {
      const next = await Promise.race([interrupted, iterator.next()])
      if (next === undefined || next.done === true) return
      yield next.value
    }
  } finally {
    // After an interrupt a read may be under way, and whoever waits for it waits for the user.
    if (!interrupt.aborted) await iterator.return?.()
  }
}

/** One payload for each line, without its line break; a last line without one counts. */
export async function* lines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = []
  for await (const piece of pieces) {
    let from = 0
    for (let at = piece.indexOf(lineBreak); at !== -1; at = piece.indexOf(lineBreak, from)) {
      yield joined(rest, piece.subarray(from, at))
      rest = []
      from = at + 1
    }
    if (from < piece.length) rest.push(piece.slice(from))
  }
  if (rest.length > 0) yield joined(rest)
}

/**
 * One payload for each big-endian u32 and the bytes that it announces.
 *
 * @throws UsageError when the input ends within a payload, or announces one that no record can hold.
 */
export async function* lengthPrefixed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array = new Uint8Array(0)
  let parts: Uint8Array[] = []
  let bytes = 0
  let position = 0
  for await (const piece of pieces) {
    parts.push(piece)
    bytes += piece.length
    // Not before a payload is whole: pieces are small, and a payload may be large.
    if (bytes < neededBytes(waiting, position)) continue
    waiting = joined([waiting.subarray(position), ...parts])
    parts = []
    position = 0
    for (;;) {
      const needed = neededBytes(waiting, position)
      if (needed > 0 || waiting.length - position < prefixBytes) break
      const from = position + prefixBytes
      position = from + payloadBytes(waiting, position)
      yield waiting.slice(from, position)
    }
    bytes = 0
  }
  const left = waiting.length - position + bytes
  if (left > 0) throw new UsageError(`the input ends within a payload: ${left} bytes are left of it`)
}

/** Bytes that are missing until the payload at `position` is whole; its prefix counts. */
function neededBytes(waiting: Uint8Array, position: number): number {
  const there = waiting.length - position
  if (there < prefixBytes) return prefixBytes - there
  return Math.max(0, prefixBytes + payloadBytes(waiting, position) - there)
}

function payloadBytes(waiting: Uint8Array, position: number): number {
  const bytes = new DataView(waiting.buffer, waiting.byteOffset + position).getUint32(0)
  if (bytes <= recordBytesMax) return bytes
  throw new UsageError(`the input announces a payload of ${bytes} bytes: is it length-prefixed, big-endian?`)
}

function joined(parts: readonly Uint8Array[], last?: Uint8Array): Uint8Array {
  return Buffer.concat(last === undefined ? parts : [...parts, last])
}
