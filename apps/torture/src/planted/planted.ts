import {
  createPortableKernel,
  decodeFileHeader,
  encodeFileHeader,
  fileHeaderBytes,
  frameBytes,
  wordToBytes,
  xxh64,
  type FileHeader,
  type VarveErrorCode,
} from '@varve/codec'
import { LogLedger, Violation } from '@varve/dst'
import { openLogSync } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { smallLog } from '../system/log-variant.ts'

/** Files of a log, by name; the segments in order. */
interface Image {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>
  readonly segments: readonly string[]
}

/**
 * A row of the recovery table that no accident of the simulation reaches, or too rarely: what is planted, and how the
 * log must refuse it.
 */
export interface PlantedDamage {
  readonly row: string
  readonly code: VarveErrorCode
  /** Records of each process that wrote the log before it was killed. Default: two processes, three segments. */
  readonly lives?: readonly number[]
  readonly plant: (image: Image) => void
}

/** So many bytes of payload in every record: five records fill a segment. */
const recordBytes = 600
const recordsPerSegment = 5

/** By default three segments: one that was sealed, one that was cut by a hand-over, and the last one, killed. */
function killedLog(lives: readonly number[] = [8, 3]): { readonly image: Image; readonly ledger: LogLedger } {
  const ledger = new LogLedger()
  let storage = memoryStorage()
  for (const records of lives) {
    const log = openLogSync({ ...smallLog, storage })
    for (const payload of ledger.attempt(new Array<number>(records).fill(recordBytes))) log.appendSync(payload)
    storage = memoryStorage({ snapshot: storage.snapshot() })
  }
  ledger.cover()
  const files = new Map([...storage.snapshot().files].map(([name, bytes]) => [name, bytes.slice()]))
  return { image: { files, segments: [...files.keys()].filter((name) => !name.startsWith('spare-')).sort() }, ledger }
}

function bytesOf({ files, segments }: Image, at: number): Uint8Array<ArrayBuffer> {
  const bytes = files.get(segments[at] ?? '')
  if (bytes === undefined) throw new Error(`the image has no segment ${at}`)
  return bytes
}

function headerOf(bytes: Uint8Array<ArrayBuffer>): FileHeader {
  const result = decodeFileHeader(bytes)
  if (result.kind !== 'header') throw new Error(`a header was expected, not ${result.kind}`)
  return result.header
}

/** A header that verifies and says something else. */
function rewrite(image: Image, at: number, changes: Partial<FileHeader>): void {
  const bytes = bytesOf(image, at)
  bytes.set(encodeFileHeader({ ...headerOf(bytes), ...changes }))
}

function rename({ files }: Image, from: string, to: string): void {
  files.set(to, files.get(from) as Uint8Array<ArrayBuffer>)
  files.delete(from)
}

function flip(bytes: Uint8Array<ArrayBuffer>, at: number): void {
  bytes[at] = (bytes[at] as number) ^ 1
}

/** A newer format, under a checksum that fits. */
function newerMajor(bytes: Uint8Array<ArrayBuffer>): void {
  bytes[8] = 2
  bytes.set(wordToBytes(xxh64(bytes.subarray(0, 120))), 120)
}

/** A frame that verifies, of a control type that nobody knows yet, at the place of the first frame. */
function unknownFrame(bytes: Uint8Array<ArrayBuffer>): void {
  const header = headerOf(bytes)
  const frame = new Uint8Array(frameBytes(0))
  const kernel = createPortableKernel(frame)
  kernel.use(header)
  kernel.stage(0, 0, header.firstSequence - 1, header.lastTimestamp, 99, 1)
  kernel.seal(0, frame.length, header.blockBytes, 0, { low: 0, high: 0 })
  bytes.set(frame, header.blockBytes)
}

const [sealed, cut, last] = [0, 1, 2] as const
const sealOffset = smallLog.blockBytes + recordsPerSegment * frameBytes(recordBytes)

export const plantedDamage: readonly PlantedDamage[] = [
  {
    row: 'names.duplicate-index',
    code: 'CORRUPT',
    plant(image) {
      const name = image.segments[cut] as string
      image.files.set(`${name.slice(0, 9)}00000000000000ff.varve`, bytesOf(image, cut).slice())
    },
  },
  { row: 'names.gap', code: 'CORRUPT', plant: ({ files, segments }) => { files.delete(segments[cut] as string) } },
  {
    row: 'names.first-above-floor',
    code: 'CORRUPT',
    plant: ({ files, segments }) => { files.delete(segments[sealed] as string) },
  },
  {
    row: 'names.segments-gone',
    code: 'CORRUPT',
    plant({ files, segments }) {
      for (const name of segments) files.delete(name)
      files.set('0000000000000005.checkpoint', new Uint8Array(128))
    },
  },
  { row: 'header.invalid', code: 'CORRUPT', plant: (image) => { flip(bytesOf(image, cut), 40) } },
  {
    row: 'header.disagrees',
    code: 'CORRUPT',
    plant(image) {
      const name = image.segments[last] as string
      rename(image, name, `${name.slice(0, 9)}00000000000000ff.varve`)
    },
  },
  {
    row: 'header.foreign',
    code: 'FOREIGN_FILE',
    plant: (image) => { rewrite(image, sealed, { logId: new Uint8Array(16).fill(9) }) },
  },
  { row: 'header.unsupported', code: 'UNSUPPORTED_FORMAT', plant: (image) => { newerMajor(bytesOf(image, last)) } },
  {
    row: 'sealed.no-seal',
    code: 'CORRUPT',
    plant: (image) => { bytesOf(image, sealed).fill(0, sealOffset) },
  },
  {
    row: 'sealed.chain',
    code: 'CORRUPT',
    lives: [8],
    plant: (image) => { rewrite(image, cut, { chain: { low: 1, high: 1 } }) },
  },
  { row: 'sealed.damage', code: 'CORRUPT', plant: (image) => { flip(bytesOf(image, sealed), 300) } },
  {
    row: 'cut.too-short',
    code: 'CORRUPT',
    plant: ({ files, segments }) => {
      const name = segments[cut] as string
      files.set(name, (files.get(name) as Uint8Array<ArrayBuffer>).slice(0, fileHeaderBytes + 64))
    },
  },
  { row: 'cut.damage', code: 'CORRUPT', plant: (image) => { flip(bytesOf(image, cut), 300) } },
  { row: 'cut.chain', code: 'CORRUPT', plant: (image) => { rewrite(image, last, { chain: { low: 1, high: 1 } }) } },
  {
    row: 'last.unsupported-frame',
    code: 'UNSUPPORTED_FORMAT',
    plant: (image) => { unknownFrame(bytesOf(image, last)) },
  },
  {
    row: 'replica.position',
    code: 'CORRUPT',
    plant: ({ files }) => { files.set('replica.position', new Uint8Array(4 * smallLog.blockBytes)) },
  },
  { row: 'last.below-durable-end', code: 'CORRUPT', plant: (image) => { flip(bytesOf(image, last), 300) } },
]

/** Plants one damage and opens the log. @throws Violation */
export function runPlanted({ row, code, lives, plant }: PlantedDamage, probe: (name: string) => void): void {
  const { image, ledger } = killedLog(lives)
  plant(image)
  const snapshot: MemorySnapshot = { files: image.files, generation: 2 }
  const storage = memoryStorage({ snapshot })
  let records: number
  try {
    records = openLogSync({ ...smallLog, storage, verify: 'all' }).lastSequence
  } catch (error) {
    const found = describe(error)
    if (found !== `${code} ${row}`) throw new Violation(`${row} was planted, and it answers ${found}`, { cause: error })
    probe(`recovery.${row}`)
    if (storage.snapshot().files.size !== image.files.size) throw new Violation(`${row}: a refused log was changed`)
    return
  }
  throw new Violation(`${row} was planted, and ${records} of ${ledger.attempted} records are served without a word`)
}

function describe(error: unknown): string {
  const { code, context } = error as { readonly code?: string; readonly context?: { readonly row?: string } }
  return code === undefined ? String(error) : `${code} ${context?.row ?? ''}`
}
