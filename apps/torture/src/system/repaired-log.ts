import { isVarveError } from '@varve/codec'
import { repeatableRuntime, sameBytes, Violation, type System, type World } from '@varve/dst'
import { applyRepairSync, planRepairSync, type RepairPlan } from '@varve/inspect'
import { openLogSync } from '@varve/segments'
import type { LogStorage, Runtime } from '@varve/storage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { segmentsIn, type DamagedLog } from './damaged-log.ts'
import { smallLog } from './log-variant.ts'
import { RepairLedger } from './repair-ledger.ts'

/** Whoever opens a directory that is being repaired. */
interface Opened {
  readonly storage: LogStorage
}

const look = { kernel: 'portable', readBytes: 4096 } as const

/** A repair that dies anywhere, is planned again and applied again, and dies again. */
export function repairedLog(log: DamagedLog): System<Opened, RepairLedger> {
  const due = recordsIn(repaired(log.snapshot, log.choice), 'all')
  if (due === undefined) throw new Error(`the log is damaged after ${log.choice}`)
  return {
    ledger: () => new RepairLedger(),
    open({ storage, life }, ledger) {
      if (life === 1) plant(storage, log.snapshot, ledger)
      return { storage }
    },
    check({ storage }, _world, ledger) {
      if (ledger.isPlanted) check(log, due, snapshotOf(storage), ledger)
    },
    workload(_opened, world, ledger) {
      if (world.stepsMax === 0 || !ledger.isPlanted) return
      if (log.after !== undefined) {
        mustBeRefused(world, log)
        return
      }
      // Where nothing is found to be wrong nothing was done: names may be in the cache only until the log is opened.
      if (repairAll(world.storage, log.choice, world.runtime) > 0) ledger.isRepaired = true
    },
  }
}

function plant(storage: LogStorage, { files }: MemorySnapshot, ledger: RepairLedger): void {
  for (const [name, bytes] of files) write(storage, name, bytes, 'create')
  storage.syncNames()
  ledger.isPlanted = true
}

function write(storage: LogStorage, name: string, bytes: Uint8Array<ArrayBuffer>, mode: 'create' | 'existing'): void {
  const file = now(storage.open(name, mode))
  file.write(bytes, 0)
  file.sync()
  file.close()
}

/** The simulated storage of a process that is not scheduled answers at once. */
function now<T>(value: T | PromiseLike<T>): T {
  return value as T
}

function snapshotOf(storage: LogStorage): MemorySnapshot {
  const files = now(storage.list()).map((name): [string, Uint8Array<ArrayBuffer>] => {
    const file = now(storage.open(name, 'read'))
    const bytes = new Uint8Array(now(file.size()))
    file.read(bytes, 0)
    file.close()
    return [name, bytes]
  })
  return { ...memoryStorage().snapshot(), files: new Map(files) }
}

/** The records that an open finds, in hexadecimal; undefined when it refuses. What it does stays in the copy. */
function recordsIn(snapshot: MemorySnapshot, verify: 'seals' | 'all'): readonly string[] | undefined {
  try {
    const storage = memoryStorage({ snapshot })
    const log = openLogSync({ ...smallLog, storage, verify, runtime: repeatableRuntime(1) })
    const records = [...log.readSync()].map(({ sequence, payload }) => {
      return `${sequence} ${Buffer.from(payload).toString('hex')}`
    })
    log.closeSync()
    return records
  } catch (error) {
    if (isVarveError(error, 'CORRUPT')) return undefined
    throw error
  }
}

/** Repairs until nothing is wrong: as planned, or what an interrupted repair had begun. Returns how often. */
function repairAll(storage: LogStorage, id: string, runtime: Runtime = repeatableRuntime(1)): number {
  const options = { ...look, runtime }
  for (let repairs = 0; repairs < 3; repairs += 1) {
    const plan = planRepairSync(storage, options)
    if (plan.verdict === 'intact' && plan.choices.length === 0) return repairs
    applyRepairSync(storage, plan, chosenFrom(plan, id), options)
  }
  throw new Violation('three repairs were not enough')
}

function chosenFrom({ choices, findings }: RepairPlan, wanted: string): string {
  const choice = choices.find(({ id, kind }) => id === wanted || kind === 'finish')
  if (choice !== undefined) return choice.id
  const found = findings.map(({ code, file }) => `${code} ${file}`).join(', ')
  throw new Violation(`no way out is left: neither ${wanted} nor to finish; found ${found}`)
}

function repaired(snapshot: MemorySnapshot, id: string): MemorySnapshot {
  const storage = memoryStorage({ snapshot })
  repairAll(storage, id)
  return storage.snapshot()
}

function check(log: DamagedLog, due: readonly string[], found: MemorySnapshot, ledger: RepairLedger): void {
  if (log.after !== undefined) return
  checkNothingIsGone(log.snapshot, found)
  const all = recordsIn(found, 'all')
  if (all !== undefined) {
    if (all.join() === due.join()) return
    throw new Violation(`${all.length} records, and ${due.length} are due after a repair`)
  }
  if (ledger.isRepaired) throw new Violation('a repair said that it was done, and the log is refused')
  // What was not repaired yet may open as far as it did before, or not at all; never as another log.
  const isOld = segmentsIn(found).join() === segmentsIn(log.snapshot).join()
  if (!isOld && recordsIn(found, 'seals') !== undefined) throw new Violation('half of a repair opens as a log')
  const healed = recordsIn(repaired(found, log.choice), 'all')
  if (healed?.join() !== due.join()) throw new Violation('what an interrupted repair left cannot be repaired')
}

/** Each file of the damaged log is there, as it was: under its name, or as a copy that was set aside. */
function checkNothingIsGone(before: MemorySnapshot, { files }: MemorySnapshot): void {
  for (const [name, bytes] of before.files) {
    if (name.startsWith('spare-') || name.startsWith('lock-')) continue
    const isCopy = (other: string): boolean => other.startsWith(name) && other.endsWith('.quarantined')
    const copies = [...files].filter(([other]) => other === name || isCopy(other))
    if (!copies.some(([, copy]) => sameBytes(copy, bytes))) throw new Violation(`${name} is nowhere any more as it was`)
  }
}

/** Damages more between plan and application. */
function mustBeRefused({ storage, runtime }: World, log: DamagedLog): void {
  const plan = planRepairSync(storage, { ...look, runtime })
  const worse = (log.after as NonNullable<typeof log.after>)(log.snapshot)
  for (const [name, bytes] of worse.files) {
    if (bytes !== log.snapshot.files.get(name)) write(storage, name, bytes, 'existing')
  }
  try {
    applyRepairSync(storage, plan, log.choice, { ...look, runtime })
  } catch (error) {
    if (isVarveError(error, 'INVALID_ARGUMENT')) return
    throw error
  }
  throw new Violation('a plan was applied to another damage than it was made for')
}
