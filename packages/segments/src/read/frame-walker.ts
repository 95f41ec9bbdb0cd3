import { frameBytes, frameField, frameFlag, frameHeaderBytes, viewOf } from '@varve/codec'
import { getNumber } from '../format/words.ts'
import type { FrameRun } from './frame-reader.ts'

/** Walks over the frames of a verified run, and reads of each what it is asked for. Allocates nothing. */
export class FrameWalker {
  /** Offset of the current frame in the run's memory. Whoever sets it stands on that frame, and goes on as before. */
  at = 0
  #memory: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #view: DataView = viewOf(this.#memory)
  /** Of the run, in the memory; and what is added to an offset to have a place in the file. */
  #end = 0
  #toPosition = 0
  #next = 0

  /** Without a run there is nothing to walk over yet. */
  constructor(run?: FrameRun) {
    if (run !== undefined) this.enter(run)
  }

  enter({ kernel, start, end, position }: FrameRun): void {
    if (kernel.memory !== this.#memory) {
      this.#memory = kernel.memory
      this.#view = viewOf(kernel.memory)
    }
    this.#end = end
    this.#toPosition = position - start
    this.#next = start
  }

  /** Moves to the next frame; false when there is none. */
  next(): boolean {
    if (!this.hasMore) return false
    this.at = this.#next
    this.#next += frameBytes(this.payloadBytes)
    return true
  }

  /** Whether `next` would find a frame. */
  get hasMore(): boolean {
    return this.#next < this.#end
  }

  /** Stays before the current frame: `next` moves to it once more. */
  back(): void {
    this.#next = this.at
  }

  get payloadBytes(): number {
    return this.#view.getUint32(this.at + frameField.payloadBytes, true)
  }

  get sequence(): number {
    return getNumber(this.#view, this.at + frameField.sequence)
  }

  get timestamp(): number {
    return getNumber(this.#view, this.at + frameField.timestamp)
  }

  get type(): number {
    return this.#view.getUint16(this.at + frameField.type, true)
  }

  get flags(): number {
    return this.#view.getUint8(this.at + frameField.flags)
  }

  get isControl(): boolean {
    return (this.flags & frameFlag.control) !== 0
  }

  /** Offset of the current frame in its file. */
  get position(): number {
    return this.at + this.#toPosition
  }

  /** Offset of the byte behind the current frame, in the run's memory. */
  get end(): number {
    return this.#next
  }

  /** A copy of the bytes `[from, to)` of the run's memory. */
  copy(from: number, to: number): Uint8Array<ArrayBuffer> {
    return this.#memory.slice(from, to)
  }

  /** A view of the payload; valid as long as the run. */
  get payload(): Uint8Array<ArrayBuffer> {
    const from = this.at + frameHeaderBytes
    return this.#memory.subarray(from, from + this.payloadBytes)
  }
}
