import { damagedLogs, type DamagedLog } from '../system/damaged-log.ts'
import { repairedLog } from '../system/repaired-log.ts'
import type { TortureCase } from './case.ts'
import { caseOf, exhaustive } from './make-case.ts'

function repairCase(name: string, looksFor: string, log: () => DamagedLog, plan = [1, 1]): TortureCase {
  const engine = exhaustive([16, 4].slice(0, plan.length))
  const what = caseOf({ name, looksFor, steps: [], plan, extras: false, engine })
  return { ...what, system: () => repairedLog(log()) }
}

/** Repairs that die anywhere, any number of times. */
export const repairCases: readonly TortureCase[] = [
  repairCase('repair-renew', 'a segment that is lost while a copy takes its place', damagedLogs.renewed),
  repairCase('repair-last', 'a repair of the end that is neither done nor undone', damagedLogs.cut),
  repairCase('repair-before', 'what stands behind a damage, taken for the log or gone for good', damagedLogs.before),
  repairCase('repair-behind', 'what stands before a damage, and a floor that is not durable', damagedLogs.behind),
  repairCase('repair-doubled', 'a file that leaves before its copy is durable', damagedLogs.doubled),
  repairCase('repair-stale', 'a plan that is applied to what it was not made for', damagedLogs.stale, [1]),
]
