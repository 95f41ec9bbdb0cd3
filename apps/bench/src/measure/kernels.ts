import {
  checksumId,
  createKernel,
  createScanState,
  frameBytes,
  frameHeaderBytes,
  scanStop,
  type Kernel,
} from '@varve/codec'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Measured, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timed, type Contender } from '../turns.ts'

/** That of a half of the staging buffer. */
const memoryBytes = 2 ** 20
const payloadBytesMax = 65_536
/** Where the frames stand in their file: behind a header block. */
const position = 4096
const zero = { low: 0, high: 0 } as const

/** Frames made (header, payload copied, checksums) and verified in memory, by each kernel that this platform has. */
export function kernels({ payloads }: Scale): readonly Measurement[] {
  return payloads
    .filter((payloadBytes) => payloadBytes <= payloadBytesMax)
    .map((payloadBytes) => ({
      name: `kernel ${bytesText(payloadBytes)}`,
      run: (place) => measureKernels(place, payloadBytes),
    }))
}

async function measureKernels({ scale }: Place, payloadBytes: number): Promise<readonly Row[]> {
  const frames = Math.floor(memoryBytes / frameBytes(payloadBytes))
  const bytes = frames * frameBytes(payloadBytes)
  const perSecond = (ms: number): number => bytes / 1e9 / (ms / 1000)
  const from = new Uint8Array(bytes).fill(7)
  const to = new Uint8Array(bytes)
  const copy = 'copy of the same bytes'
  const contenders: Record<string, Contender> = { [copy]: () => perSecond(timed(() => { to.set(from) })) }
  for (const kernel of presentKernels()) {
    const filler = new Filler(kernel, payloadBytes, frames)
    filler.fill()
    contenders[`seal, ${kernel.name}`] = () => perSecond(timed(() => { filler.fill() }))
    contenders[`scan, ${kernel.name}`] = () => perSecond(timed(() => { filler.verify() }))
  }
  const samples = await takeTurns(scale.micro, contenders)
  const group = `frames of ${bytesText(payloadBytes)} in memory`
  const inBytes = Object.entries(samples).map(([name, rates]): Measured => ({
    name,
    samples: rates,
    point: { plot: 'kernel-by-payload', line: name, x: payloadBytes },
  }))
  const inRecords = inBytes
    .filter(({ name }) => name !== copy)
    .map(({ name, samples: rates }) => ({ name, samples: rates.map((rate) => (rate * 1e9 * frames) / bytes) }))
  return [...rowsOf(group, 'GB/s', 'rates', inBytes), ...rowsOf(group, 'records/s', 'rates', inRecords)]
}

/** One of each kind: the fastest that there is, and the portable one. */
function presentKernels(): readonly Kernel[] {
  const fastest = createKernel(memoryBytes)
  return fastest.name === 'portable' ? [fastest] : [fastest, createKernel(memoryBytes, 'portable')]
}

/** The memory of a kernel, full of frames. */
class Filler {
  readonly #kernel: Kernel
  readonly #payload: Uint8Array
  readonly #frames: number

  constructor(kernel: Kernel, payloadBytes: number, frames: number) {
    kernel.use({ checksum: checksumId.xxh64, salt: { low: 1, high: 2 } })
    this.#kernel = kernel
    this.#payload = new Uint8Array(payloadBytes).fill(7)
    this.#frames = frames
  }

  fill(): void {
    const kernel = this.#kernel
    const payload = this.#payload
    let at = 0
    for (let frame = 1; frame <= this.#frames; frame += 1) {
      const size = kernel.stage(at, payload.length, frame, 0, 0, 0)
      kernel.memory.set(payload, at + frameHeaderBytes)
      at += size
    }
    kernel.seal(0, at, position, 0, { ...zero })
  }

  verify(): void {
    const limit = Number.MAX_SAFE_INTEGER
    const state = createScanState({ position, limit, lastSequence: 0, lastTimestamp: 0, chain: zero })
    const end = this.#frames * frameBytes(this.#payload.length)
    const stop = this.#kernel.scan(0, end, state)
    if (stop !== scanStop.end || state.records !== this.#frames) throw new Error(`the scan stopped with ${stop}`)
  }
}
