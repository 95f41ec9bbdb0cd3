import { viewOf } from './bytes.ts'
import { checkPlace, checkRange, notStaged } from './kernel-check.ts'
import type { FileLife, Kernel, MutableWord64, ScanState, ScanStop } from './kernel.ts'
import { kernelModule } from './kernel-module.ts'
import { checksumId } from './layout.ts'
import { optionalGlobal, type WebAssemblyPlatform } from './platform.ts'
import { createPortableKernel } from './portable-kernel.ts'
import { StagedMemory } from './staged-memory.ts'

/** What the module exports; `packages/codec/assembly` has its source. */
interface InnerLoops {
  /** The number of frames or, where no whole staged frame stands, the complement of that offset. */
  seal(offset: number, end: number, durableEndInWords: number): number
  scan(offset: number, end: number): ScanStop
  probe(offset: number, end: number, position: number): number
}

const pageBytes = 65_536

/**
 * The bytes in front of the kernel's memory, in the same WebAssembly memory, through which salt, chain and the state
 * of a scan go: a call takes and returns small numbers only, and makes no object. `assembly/layout.ts` says the same.
 */
const scratchBytes = 128
const atPosition = 0
const atUnitPosition = 8
const atLimit = 16
const atLastSequence = 24
const atLastTimestamp = 32
const atDurableEnd = 40
const atNeeded = 48
const atInsideBatch = 56
const atLastControl = 60
const atRecords = 64
const atFrames = 68
const atChainLow = 72
const atChainHigh = 76
const atSaltLow = 80
const atSaltHigh = 84

/** Lives with XXH64 run in WebAssembly. Those with CRC-32 are left to the portable kernel, over the same memory. */
class WebAssemblyKernel extends StagedMemory implements Kernel {
  readonly name = 'webassembly'
  readonly #loops: InnerLoops
  readonly #scratch: DataView
  readonly #portable: Kernel
  #isXxh64 = true

  constructor(buffer: ArrayBuffer, bytes: number, loops: InnerLoops) {
    super(new Uint8Array(buffer, scratchBytes, bytes))
    this.#loops = loops
    this.#scratch = viewOf(new Uint8Array(buffer, 0, scratchBytes))
    this.#portable = createPortableKernel(this.memory)
  }

  use(life: FileLife): void {
    this.#isXxh64 = life.checksum !== checksumId.crc32
    this.#scratch.setUint32(atSaltLow, life.salt.low, true)
    this.#scratch.setUint32(atSaltHigh, life.salt.high, true)
    this.#portable.use(life)
  }

  seal(offset: number, end: number, position: number, durableEnd: number, chain: MutableWord64): number {
    if (!this.#isXxh64) return this.#portable.seal(offset, end, position, durableEnd, chain)
    checkRange(this.memory, offset, end)
    checkPlace(position, durableEnd)
    const view = this.#scratch
    view.setUint32(atChainLow, chain.low, true)
    view.setUint32(atChainHigh, chain.high, true)
    view.setFloat64(atPosition, position, true)
    const frames = this.#loops.seal(offset, end, durableEnd / 8)
    chain.low = view.getUint32(atChainLow, true)
    chain.high = view.getUint32(atChainHigh, true)
    if (frames < 0) throw notStaged(~frames, end)
    return frames
  }

  scan(offset: number, end: number, state: ScanState): ScanStop {
    if (!this.#isXxh64) return this.#portable.scan(offset, end, state)
    checkRange(this.memory, offset, end)
    giveState(this.#scratch, state)
    const stop = this.#loops.scan(offset, end)
    takeState(this.#scratch, state)
    return stop
  }

  probe(offset: number, end: number, position: number): number {
    if (!this.#isXxh64) return this.#portable.probe(offset, end, position)
    checkRange(this.memory, offset, end)
    return this.#loops.probe(offset, end, position)
  }
}

function giveState(view: DataView, state: ScanState): void {
  view.setFloat64(atPosition, state.position, true)
  view.setFloat64(atUnitPosition, state.unitPosition, true)
  view.setFloat64(atLimit, state.limit, true)
  view.setFloat64(atLastSequence, state.lastSequence, true)
  view.setFloat64(atLastTimestamp, state.lastTimestamp, true)
  view.setFloat64(atDurableEnd, state.durableEnd, true)
  view.setUint32(atInsideBatch, Number(state.insideBatch), true)
  view.setUint32(atLastControl, state.lastControl, true)
  view.setUint32(atChainLow, state.chainLow, true)
  view.setUint32(atChainHigh, state.chainHigh, true)
}

function takeState(view: DataView, state: ScanState): void {
  state.position = view.getFloat64(atPosition, true)
  state.unitPosition = view.getFloat64(atUnitPosition, true)
  state.lastSequence = view.getFloat64(atLastSequence, true)
  state.lastTimestamp = view.getFloat64(atLastTimestamp, true)
  state.durableEnd = view.getFloat64(atDurableEnd, true)
  state.needed = view.getFloat64(atNeeded, true)
  state.insideBatch = view.getUint32(atInsideBatch, true) !== 0
  state.lastControl = view.getUint32(atLastControl, true)
  state.records += view.getUint32(atRecords, true)
  state.frames += view.getUint32(atFrames, true)
  state.chainLow = view.getUint32(atChainLow, true)
  state.chainHigh = view.getUint32(atChainHigh, true)
}

/** What came of compiling the module, and whose WebAssembly was asked. */
interface Compiled {
  readonly by: WebAssemblyPlatform
  readonly module: object | undefined
  /** For so many kernels no memory is asked for. */
  pause: number
}

let compiled: Compiled | undefined

/**
 * Where memory was refused, so many kernels are portable before it is asked for again: V8 collects all garbage before
 * it refuses, which was measured to take from 2 to 290 ms.
 */
const pauseKernels = 256

/** The module, compiled at most once; without one, for good, where that may not be done. */
function compiledFor(platform: WebAssemblyPlatform): Compiled {
  if (compiled?.by !== platform) compiled = { by: platform, module: attempt(() => compile(platform)), pause: 0 }
  return compiled
}

function compile(platform: WebAssemblyPlatform): object {
  return new platform.Module(fromHex(kernelModule))
}

function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16))
}

/** The memory has one size for ever: it could not grow while somebody reads or writes it. */
function instantiate(platform: WebAssemblyPlatform, module: object, bytes: number): Kernel {
  const pages = Math.ceil((scratchBytes + bytes) / pageBytes)
  const memory = new platform.Memory({ initial: pages, maximum: pages })
  const { exports } = new platform.Instance(module, { env: { memory } })
  return new WebAssemblyKernel(memory.buffer, bytes, exports as InnerLoops)
}

/**
 * What `make` gives, or undefined if it throws: a policy that forbids, a platform that lacks or a memory that is not
 * to be had is no failure, for the portable kernel can do all that this one can.
 */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/**
 * A kernel in WebAssembly, with `bytes` of fresh zeroed memory; undefined where WebAssembly is not there, may not be
 * compiled (a content security policy without `wasm-unsafe-eval`) or has no memory left. A failure to compile is
 * remembered for good. Memory may be had again later, so it is asked for once in a while.
 */
export function createWebAssemblyKernel(bytes: number): Kernel | undefined {
  const platform = optionalGlobal('WebAssembly')
  if (platform === undefined) return undefined
  const found = compiledFor(platform)
  const { module } = found
  if (module === undefined) return undefined
  found.pause -= 1
  if (found.pause >= 0) return undefined
  const kernel = attempt(() => instantiate(platform, module, bytes))
  found.pause = kernel === undefined ? pauseKernels : 0
  return kernel
}
