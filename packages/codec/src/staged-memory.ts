import { viewOf } from './bytes.ts'
import { checkRange } from './kernel-check.ts'
import { frameBytes } from './layout.ts'
import { halfRange } from './word.ts'

/** The memory of a kernel, and how frames are staged in it: the part that kernels have in common. */
export class StagedMemory {
  readonly memory: Uint8Array<ArrayBuffer>
  protected readonly view: DataView

  constructor(memory: Uint8Array<ArrayBuffer>) {
    this.memory = memory
    this.view = viewOf(memory)
  }

  /**
   * See `Kernel.stage`. Measured on Node 24, ns per frame: 15 as here; in WebAssembly 9 while there is one kernel only
   * and 18 beside two others, which is how a log uses them.
   *
   * The offsets are those of `frameField`, written out: an engine inlines what is short, and a number beyond 31 bits
   * that is passed to a function is an allocation unless that function is inlined.
   */
  stage(
    offset: number,
    payloadBytes: number,
    sequence: number,
    timestamp: number,
    type: number,
    flags: number,
  ): number {
    const size = frameBytes(payloadBytes)
    const end = offset + size
    const { memory, view } = this
    checkRange(memory, offset, end)
    view.setUint32(offset, 0, true)
    view.setUint32(offset + 4, payloadBytes, true)
    view.setUint32(offset + 8, sequence, true)
    view.setUint32(offset + 12, sequence / halfRange, true)
    view.setUint32(offset + 16, timestamp, true)
    view.setUint32(offset + 20, timestamp / halfRange, true)
    view.setFloat64(offset + 24, 0, true)
    view.setUint32(offset + 32, 0, true)
    // Type, flags and, above them, frame version 1.
    view.setUint32(offset + 36, (type & 0xffff) | ((flags & 0xff) << 16) | 0x0100_0000, true)
    for (let at = offset + 40 + payloadBytes; at < end; at++) memory[at] = 0
    return size
  }
}
