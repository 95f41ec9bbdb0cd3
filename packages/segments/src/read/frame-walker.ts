import { createFrameFields, frameBytes, frameFlag, frameHeaderBytes, readFrame, type FrameFields } from '@varve/codec'
import type { FrameRun } from './frame-reader.ts'

/** Walks over the frames of a verified run without allocating: the fields are those of the current frame. */
export class FrameWalker {
  readonly fields: FrameFields = createFrameFields()
  /** Offset of the current frame in the run's memory. */
  at = 0
  #run: FrameRun
  #view: DataView
  #next: number

  constructor(run: FrameRun) {
    this.#run = run
    this.#view = viewOf(run)
    this.#next = run.start
  }

  enter(run: FrameRun): void {
    if (run.kernel.memory !== this.#run.kernel.memory) this.#view = viewOf(run)
    this.#run = run
    this.#next = run.start
  }

  /** Moves to the next frame; false when there is none. */
  next(): boolean {
    if (!this.hasMore) return false
    this.at = this.#next
    readFrame(this.#view, this.at, this.fields)
    this.#next += frameBytes(this.fields.payloadBytes)
    return true
  }

  /** Whether `next` would find a frame. */
  get hasMore(): boolean {
    return this.#next < this.#run.end
  }

  /** Stays before the current frame: `next` moves to it once more. */
  back(): void {
    this.#next = this.at
  }

  get isControl(): boolean {
    return (this.fields.flags & frameFlag.control) !== 0
  }

  /** Offset of the current frame in its file. */
  get position(): number {
    return this.#run.position + this.at - this.#run.start
  }

  /** Offset of the byte behind the current frame, in the run's memory. */
  get end(): number {
    return this.#next
  }

  /** A copy of the bytes `[from, to)` of the run's memory. */
  copy(from: number, to: number): Uint8Array<ArrayBuffer> {
    return this.#run.kernel.memory.slice(from, to)
  }

  /** A view of the payload; valid as long as the run. */
  get payload(): Uint8Array<ArrayBuffer> {
    const from = this.at + frameHeaderBytes
    return this.#run.kernel.memory.subarray(from, from + this.fields.payloadBytes)
  }
}

function viewOf(run: FrameRun): DataView {
  const { memory } = run.kernel
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
}
