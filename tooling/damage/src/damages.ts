import { createCheckpointPublisherSync } from '@varve/checkpoint'
import { openLogSync, openReplicaSync, type SynchronousLog } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { fixedRuntime } from './fixed-runtime.ts'
import { sealOffset, withFrame, withHeader } from './frames.ts'
import {
  bytesOf,
  everyKind,
  flip,
  goOn,
  payload,
  segmentNames,
  small,
  stateOf,
  withCheckpoints,
  withFile,
  withoutFile,
  type Bytes,
  type ImageOptions,
} from './image.ts'

const second = '0000000000000078.checkpoint'
/** The first frame of a segment with blocks of 128 bytes. */
const firstFrame = 128

function fixed(seed = 1): ImageOptions {
  return { ...small, runtime: fixedRuntime(seed) }
}

function image(extra: ImageOptions = {}): MemorySnapshot {
  return everyKind({ ...fixed(), ...extra }).snapshot
}

/** Name of segment `at` of the image; negative ones count from the end. */
function name(at: number): string {
  const found = segmentNames(image()).at(at)
  if (found === undefined) throw new Error(`the image has no segment ${at}`)
  return found
}

function checkpoints(change: (bytes: Bytes) => Uint8Array): MemorySnapshot {
  const { snapshot } = withCheckpoints(fixed())
  return withFile(snapshot, second, Uint8Array.from(change(bytesOf(snapshot, second).slice())))
}

function withChunk(position: number, change: (frame: DataView) => void): MemorySnapshot {
  return withFrame(withCheckpoints(fixed()).snapshot, second, position, change)
}

/** The end record stands behind the one chunk of 200 bytes. */
const endRecord = firstFrame + 40 + 200

function cut(at: number, size: number): MemorySnapshot {
  const snapshot = image()
  return withFile(snapshot, name(at), bytesOf(snapshot, name(at)).slice(0, size))
}

function alone(file: string): MemorySnapshot {
  return { files: new Map([[file, new Uint8Array(8)]]), generation: 1 }
}

function grow(log: SynchronousLog, seed: number, count: number): void {
  for (let n = 0; n < count; n += 1) log.appendSync(payload(seed + n, 100))
}

/** Two logs that were one until its first record. */
function twoWays(write: (base: MemorySnapshot, seed: number) => MemorySnapshot): MemorySnapshot {
  const base = goOn(undefined, fixed(), 'close', (log) => log.appendSync(payload(0)))
  const [one, other] = [write(base, 1000), write(base, 2000)]
  const [first] = segmentNames(one) as [string]
  return withFile(one, first, bytesOf(other, first))
}

function beyondLog(): MemorySnapshot {
  const before = goOn(undefined, fixed(), 'crash', (log) => log.appendSync(payload(1)))
  const behind = goOn(before, fixed(2), 'crash', (log) => {
    log.appendSync(payload(2))
    createCheckpointPublisherSync(log).publishSync(stateOf(2))
  })
  const file = '0000000000000002.checkpoint'
  return withFile(before, file, bytesOf(behind, file))
}

function otherCheckpoint(): MemorySnapshot {
  const { snapshot } = withCheckpoints(fixed())
  const other = goOn(withoutFile(snapshot, second), fixed(2), 'crash', (log) => {
    createCheckpointPublisherSync(log).publishSync(payload(3, 200))
  })
  return withFile(snapshot, second, bytesOf(other, second))
}

function foreignCheckpoint(): MemorySnapshot {
  const stranger = withCheckpoints(fixed(3)).snapshot
  return checkpoints(() => bytesOf(stranger, second))
}

function badReplica(): MemorySnapshot {
  const storage = memoryStorage()
  const source = openLogSync({ storage: memoryStorage({ snapshot: image() }), ...fixed() })
  const copy = openReplicaSync({ storage, kernel: 'portable', runtime: fixedRuntime(2) })
  copy.receiveSync(source.streamSync())
  copy.closeSync()
  source.closeSync()
  return withFile(storage.snapshot(), 'replica.position', new Uint8Array(500))
}

/**
 * Small logs with one damage each, by the code that names it. Two codes are not here: what only a repair leaves behind
 * (`repair.unfinished`, `checkpoint.set-aside`), and `frame.damaged`, which is what a shallow look makes of frames.
 */
export const damages = {
  'names.no-log': () => alone('notes.txt'),
  'names.segments-gone': () => alone('0000000000000005.checkpoint'),
  'names.duplicate-index': () =>
    withFile(image(), `${name(1).slice(0, 8)}-0000000000000099.varve`, bytesOf(image(), name(3))),
  'names.gap': () => withoutFile(image(), name(1)),
  'names.first-above-floor': () => withoutFile(image(), name(0)),
  'header.invalid': () => flip(image(), name(1), 3),
  'header.disagrees': () => withFile(image(), name(1), bytesOf(image(), name(3))),
  'header.foreign': () => withFile(image(), name(2), bytesOf(image(fixed(9)), name(2))),
  'header.unsupported': () => withHeader(image(), name(2), (header) => { header.setUint16(14, 1, true) }),
  'header.block': () => flip(image({ blockBytes: 256 }), name(0), 200),
  'frame.header': () => flip(image(), name(0), firstFrame + 10),
  'frame.payload': () => flip(image(), name(0), firstFrame + 45),
  'frame.order': () => withFrame(image(), name(0), firstFrame, (frame) => { frame.setBigUint64(8, 7n, true) }),
  'frame.limit': () => withFrame(image(), name(0), firstFrame, (frame) => { frame.setUint32(4, 100_000, true) }),
  'frame.cut-off': () => cut(0, 700),
  'frame.missing': () => cut(0, firstFrame),
  'frame.unsupported': () => withFrame(image(), name(0), firstFrame, (frame) => { frame.setUint8(39, 2) }),
  'seal.missing': () => flip(image(), name(0), sealOffset(image(), name(0)) + 2),
  'seal.invalid': () => withSeal((seal) => { seal.setBigUint64(80, 0n, true) }),
  'seal.counts': () => withSeal((seal) => { seal.setBigUint64(40, 7n, true) }),
  'seal.chain': () =>
    twoWays((base, seed) => goOn(base, fixed(seed), 'close', (log) => { grow(log, seed, 40) })),
  'seal.zeros': () => flip(image(), name(0), 4096 - 100),
  'seal.trailer': () => flip(image(), name(0), 4090),
  'cut.too-short': () => cut(1, 900),
  'cut.chain': () =>
    twoWays((base, seed) => {
      const crashed = goOn(base, fixed(seed), 'crash', (log) => { grow(log, seed, 1) })
      return goOn(crashed, fixed(seed + 1), 'close', (log) => log.appendSync(payload(1)))
    }),
  'tail.torn-batch': () => cut(-1, 1244),
  'tail.torn': () => flip(image(), name(-1), 3000),
  'checkpoint.header': () => checkpoints((bytes) => bytes.fill(1, 20, 30)),
  'checkpoint.frame': () => checkpoints((bytes) => bytes.fill(1, 200, 210)),
  'checkpoint.chunk': () => withChunk(endRecord, (frame) => { frame.setUint16(36, 0, true) }),
  'checkpoint.end': () => checkpoints((bytes) => Uint8Array.from([...bytes, 0])),
  'checkpoint.digest': () => withChunk(endRecord, (frame) => { frame.setUint8(40 + 24, 9) }),
  'checkpoint.other': otherCheckpoint,
  'checkpoint.missing': () => withoutFile(withCheckpoints(fixed()).snapshot, second),
  'checkpoint.beyond-log': beyondLog,
  'checkpoint.foreign': foreignCheckpoint,
  'checkpoint.unsupported': () => withChunk(firstFrame, (frame) => { frame.setUint16(36, 9, true) }),
  'checkpoint.list': () =>
    goOn(undefined, fixed(), 'crash', (log) => {
      log.appendSync(payload(1))
      log.recordCheckpointsSync(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0))
    }),
  'replica.position': badReplica,
} as const satisfies Readonly<Record<string, () => MemorySnapshot>>

export type DamageCode = keyof typeof damages

function withSeal(change: (frame: DataView) => void): MemorySnapshot {
  return withFrame(image(), name(0), sealOffset(image(), name(0)), change)
}
