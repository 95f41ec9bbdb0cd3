import { VarveError } from '@varve/codec'
import type { Procedure, Runtime } from '@varve/storage'
import type { CheckpointReader } from './checkpoint-reader.ts'

/** The state of a checkpoint on its way to whoever restores it. */
export class ChunkSource {
  readonly #runtime: Runtime
  readonly #reader: CheckpointReader
  #isClosed = false

  constructor(runtime: Runtime, reader: CheckpointReader) {
    this.#runtime = runtime
    this.#reader = reader
  }

  /** The next chunk, which is the caller's own; undefined at the end. */
  *next(): Procedure<Uint8Array<ArrayBuffer> | undefined> {
    // An end here would look like that of the state.
    if (this.#isClosed) throw tooLate()
    const chunk = yield* this.#reader.next()
    yield* this.#runtime.turn()
    return chunk?.slice()
  }

  close(): void {
    this.#isClosed = true
  }
}

function tooLate(): VarveError {
  return new VarveError('CLOSED', 'the state of a checkpoint can be read until `restore` has returned, or resolved')
}
