import { repeatableRuntime } from '@varve/dst'
import { openLogSync } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { smallLog } from './log-variant.ts'

/** A log that lies damaged on a disk, and the way out that is taken. */
export interface DamagedLog {
  readonly snapshot: MemorySnapshot
  /** Id of the choice of the plan. */
  readonly choice: string
  /** More damage that comes between the plan and its application, which must be refused then. */
  readonly after?: (snapshot: MemorySnapshot) => MemorySnapshot
}

/** Four segments: sealed, cut, sealed, and the last one; records of 100 bytes. */
function wholeLog(): MemorySnapshot {
  let snapshot: MemorySnapshot | undefined
  let next = 1
  for (const count of [28, 26, 3]) {
    const storage = memoryStorage(snapshot === undefined ? {} : { snapshot })
    const log = openLogSync({ ...smallLog, storage, runtime: repeatableRuntime(next) })
    for (let n = 0; n < count; n += 1) log.appendSync(new Uint8Array(100).fill(next++))
    snapshot = storage.snapshot()
  }
  return snapshot as MemorySnapshot
}

export function segmentsIn({ files }: MemorySnapshot): readonly string[] {
  return [...files.keys()].filter((name) => /^[0-9a-f]{8}-/.test(name) && name.endsWith('.varve')).sort()
}

function flip(snapshot: MemorySnapshot, name: string, at: number): MemorySnapshot {
  const bytes = (snapshot.files.get(name) as Uint8Array<ArrayBuffer>).slice()
  bytes[at] = (bytes[at] as number) ^ 0xff
  return { ...snapshot, files: new Map([...snapshot.files, [name, bytes]]) }
}

function damaged(segment: number, at: number, choice: (name: string) => string): DamagedLog {
  const snapshot = wholeLog()
  const name = segmentsIn(snapshot).at(segment) as string
  return { snapshot: flip(snapshot, name, at), choice: choice(name) }
}

/** Where the trailer of a sealed segment begins. */
const trailerAt = smallLog.segmentBytes - 64

export const damagedLogs = {
  /** A hint is damaged: a copy with another one takes the place of the segment. */
  renewed: (): DamagedLog => damaged(0, trailerAt + 10, (name) => `renew ${name}`),
  /** The last segment is damaged: the next one is born with a cut in it. */
  cut: (): DamagedLog => damaged(-1, 400, () => 'keep-before'),
  /** Segments behind the damage leave. */
  before: (): DamagedLog => damaged(1, 600, () => 'keep-before'),
  /** Segments up to the damage leave. */
  behind: (): DamagedLog => damaged(1, 600, () => 'keep-behind'),
  /** A second segment of one index leaves. */
  doubled: (): DamagedLog => {
    const snapshot = wholeLog()
    const [first, second] = segmentsIn(snapshot) as [string, string]
    const twin = `${second.slice(0, 9)}00000000000000ff.varve`
    const files = new Map([...snapshot.files, [twin, snapshot.files.get(first) as Uint8Array<ArrayBuffer>]])
    return { snapshot: { ...snapshot, files }, choice: `set-aside ${twin}` }
  },
  /** The damage grows while somebody thinks about the plan. */
  stale: (): DamagedLog => {
    const plan = damagedLogs.before()
    const [first] = segmentsIn(plan.snapshot) as [string]
    return { ...plan, after: (snapshot) => flip(snapshot, first, 600) }
  },
} as const
