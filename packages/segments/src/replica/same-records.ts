import type { Procedure, Runtime } from '@varve/storage'
import { sameBytes } from '../format/words.ts'
import type { FrameReader } from '../read/frame-reader.ts'
import { FrameWalker } from '../read/frame-walker.ts'

/** The records of a file, one by one. Two of them need a kernel each. */
class Records {
  readonly #reader: FrameReader
  readonly #runtime: Runtime
  walker: FrameWalker | undefined

  constructor(reader: FrameReader, runtime: Runtime) {
    this.#reader = reader
    this.#runtime = runtime
  }

  /** The walker at the next record; undefined at the end of what verifies. */
  *next(): Procedure<FrameWalker | undefined> {
    for (;;) {
      while (this.walker?.next() === true) if (!this.walker.isControl) return this.walker
      const run = yield* this.#reader.next()
      if (run === undefined) return undefined
      this.walker ??= new FrameWalker(run)
      this.walker.enter(run)
      yield* this.#runtime.turn()
    }
  }
}

/**
 * Whether the records that `one` yields are the first of those that `other` yields: same numbers, timestamps, types,
 * batches and bytes. How they are framed does not matter.
 */
export function* beginsWith(other: FrameReader, one: FrameReader, runtime: Runtime): Procedure<boolean> {
  const expected = new Records(one, runtime)
  const found = new Records(other, runtime)
  for (let record = yield* expected.next(); record !== undefined; record = yield* expected.next()) {
    const same = yield* found.next()
    if (same === undefined || !isSame(record, same)) return false
  }
  return true
}

function isSame(one: FrameWalker, other: FrameWalker): boolean {
  const isAlike =
    one.sequence === other.sequence &&
    one.timestamp === other.timestamp &&
    one.type === other.type &&
    one.flags === other.flags
  return isAlike && sameBytes(one.payload, other.payload)
}
