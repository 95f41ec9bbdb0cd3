import { isVarveError, type VarveErrorCode } from '@varve/codec'
import { Violation } from '@varve/dst'
import { openLogSync, openReplicaSync, promoteReplicaSync } from '@varve/segments'
import { memoryStorage, type MemorySnapshot, type MemoryStorage } from '@varve/storage-memory'
import type { OwnResult } from '../cases/case.ts'
import { smallLog } from '../system/log-variant.ts'

/** A log of six records with its copy, and the log as it was with four: shut down, and killed. */
interface Made {
  readonly source: MemoryStorage
  readonly copy: MemoryStorage
  readonly earlier: MemorySnapshot
  readonly killed: MemorySnapshot
}

/**
 * Two that are no copies of each other any more, however that came about. Whoever tries to go on must be told so, and
 * the copy must keep what it had.
 */
interface Fork {
  readonly name: string
  readonly code: VarveErrorCode
  /** Makes of a log of six records and its copy a source and a copy that do not belong together. */
  readonly fork: (made: Made) => readonly [MemoryStorage, MemoryStorage]
}

const bytes = 400

/** What a process leaves that appends these and is killed, or says goodbye. */
function appended(
  snapshot: MemorySnapshot | undefined,
  values: readonly number[],
  ends: 'close' | 'kill' = 'kill',
): MemoryStorage {
  const storage = snapshot === undefined ? memoryStorage() : again(snapshot)
  const log = openLogSync({ ...smallLog, storage })
  for (const value of values) log.appendSync(new Uint8Array(bytes).fill(value))
  if (ends === 'close') log.closeSync()
  return again(storage.snapshot())
}

/** A careless transport names the place alone: then nobody but the copy can tell that it does not belong there. */
function copyOnce(source: MemoryStorage, target: MemoryStorage, transport: 'careful' | 'careless' = 'careful'): void {
  const log = openLogSync({ ...smallLog, storage: source, readOnly: true })
  const replica = openReplicaSync({ storage: target, readBytes: smallLog.readBytes })
  const { position } = replica
  const place = position && { segment: position.segment, offset: position.offset }
  try {
    replica.receiveSync(log.streamSync(transport === 'careful' ? position : place))
  } finally {
    replica.closeSync()
  }
}

const again = (snapshot: MemorySnapshot): MemoryStorage => memoryStorage({ snapshot })

const forks: readonly Fork[] = [
  {
    name: 'the source was killed, comes back with fewer records, and hands over',
    code: 'FOREIGN_FILE',
    fork({ copy, killed }) {
      return [appended(killed, []), copy]
    },
  },
  {
    name: 'the source comes back with fewer records, writes others, is killed, and hands over',
    code: 'FOREIGN_FILE',
    fork({ copy, earlier }) {
      return [appended(appended(earlier, [91]).snapshot(), []), copy]
    },
  },
  {
    name: 'the source comes back with fewer records, writes as many others, is killed, and hands over',
    code: 'FOREIGN_FILE',
    fork({ earlier }) {
      const copy = memoryStorage()
      copyOnce(appended(earlier, [5]), copy)
      return [appended(appended(earlier, [91]).snapshot(), []), copy]
    },
  },
  {
    name: 'the source comes back with fewer records, and goes on',
    code: 'FOREIGN_FILE',
    fork({ copy, earlier }) {
      return [appended(earlier, []), copy]
    },
  },
  {
    name: 'the source comes back with fewer records, and writes others in their place',
    code: 'FOREIGN_FILE',
    fork({ copy, earlier }) {
      return [appended(earlier, [91, 92, 93, 94]), copy]
    },
  },
  {
    name: 'the source comes back with fewer records, and fills its segment with others',
    code: 'FOREIGN_FILE',
    fork({ copy, earlier }) {
      return [appended(earlier, [91, 92, 93, 94, 95, 96, 97, 98, 99]), copy]
    },
  },
  {
    name: 'the copy was promoted, and another copy of the old primary follows it',
    code: 'FOREIGN_FILE',
    fork({ source, copy }) {
      const other = again(copy.snapshot())
      copyOnce(appended(source.snapshot(), [7, 8]), other)
      promoteReplicaSync({ ...smallLog, storage: copy }).closeSync()
      return [appended(copy.snapshot(), [81, 82]), other]
    },
  },
  {
    name: 'another log',
    code: 'FOREIGN_FILE',
    fork({ copy }) {
      return [appended(undefined, [1, 2, 3, 4, 5, 6]), copy]
    },
  },
  {
    name: 'the segment that the copy is in is gone',
    code: 'CORRUPT',
    fork({ source, copy }) {
      const { files, generation } = copy.snapshot()
      const newest = [...files.keys()].filter((name) => /^[0-9a-f]{8}-/.test(name)).sort().at(-1)
      const left = new Map([...files].filter(([name]) => name !== newest))
      return [source, again({ files: left, generation })]
    },
  },
]

/** One log, as a kill would leave it, and as its shutdown does. */
function fourRecords(): Pick<Made, 'earlier' | 'killed'> {
  const storage = memoryStorage()
  const log = openLogSync({ ...smallLog, storage })
  for (const value of [1, 2, 3, 4]) log.appendSync(new Uint8Array(bytes).fill(value))
  const killed = storage.snapshot()
  log.closeSync()
  return { earlier: storage.snapshot(), killed }
}

/** Tries one of them. @throws Violation */
function runFork({ name, code, fork }: Fork, transport: 'careful' | 'careless'): void {
  const target = memoryStorage()
  const { earlier, killed } = fourRecords()
  const source = appended(earlier, [5, 6])
  copyOnce(source, target)
  const [from, to] = fork({ source, copy: again(target.snapshot()), earlier, killed })
  const kept = segmentsIn(to)
  let found = 'nothing'
  try {
    copyOnce(from, to, transport)
  } catch (error) {
    if (!isVarveError(error)) throw error
    found = error.code
  }
  if (found !== code) throw new Violation(`${name}: ${code} was expected, not ${found}`)
  if (segmentsIn(to) !== kept) throw new Violation(`${name}: the copy was changed`)
}

function segmentsIn(storage: MemoryStorage): string {
  const files = [...storage.snapshot().files].filter(([name]) => /^[0-9a-f]{8}-/.test(name)).sort()
  return JSON.stringify(files.map(([name, content]) => [name, Buffer.from(content).toString('base64')]))
}

/** Tries all of them, or the one that `tape` names. */
export function runForks(tape?: readonly number[]): OwnResult {
  const tried = tape === undefined ? forks : forks.slice(tape[0], (tape[0] ?? 0) + 1)
  const seen = { looked: tried.length, states: tried.length, lives: tried.length, isComplete: true }
  for (const [at, fork] of tried.entries()) {
    try {
      runFork(fork, 'careful')
      runFork(fork, 'careless')
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      return { ...seen, failure: { violation: error.message, tape: tape ?? [at] } }
    }
  }
  return { ...seen, failure: undefined }
}
