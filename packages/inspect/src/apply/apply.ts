import { VarveError } from '@varve/codec'
import { goOnBehind, renewSegment } from '@varve/segments/inspect'
import { io, type Procedure, type StorageLock } from '@varve/storage'
import { examine, isUnfinished } from '../examine/examine.ts'
import { closeHistory, writeHistory, type RepairRecord } from '../history.ts'
import type { Picture } from '../picture.ts'
import { makePlan, type MadePlan } from '../plan/make-plan.ts'
import type { QuarantinedCopy, RecordRange, RepairChoice, RepairPlan } from '../plan/repair-plan.ts'
import type { Action } from '../plan/way.ts'
import type { Settings } from '../settings.ts'
import { quarantine } from './quarantine.ts'

/** What a repair did. */
export interface RepairReport {
  /** Id of the choice. */
  readonly choice: string
  /** The file in which it is written down. */
  readonly history: string
  /** Of the lock under which it was made. */
  readonly epoch: number
  /** The file that was put in place, if one was. */
  readonly published: string | undefined
  readonly quarantined: readonly QuarantinedCopy[]
  readonly removed: readonly string[]
  readonly lost: readonly RecordRange[]
}

/** What was decided under the lock. */
interface Decision {
  readonly settings: Settings
  readonly picture: Picture
  readonly choice: RepairChoice
  readonly action: Action
  readonly epoch: number
  readonly note: string | undefined
}

/**
 * Carries out one choice of a plan. In this order, each step durable before the next: copies of everything that may
 * change, the history, one rename that puts the repaired state in place, the removal of what stands behind it.
 */
export function* applyChoice(
  settings: Settings,
  plan: RepairPlan,
  id: string,
  note: string | undefined,
): Procedure<RepairReport> {
  const { storage } = settings
  const lock = yield* io('take the lock', () => storage.lock())
  try {
    // An earlier writer's renames and removals may be in the cache only; what is decided here stands on them.
    yield* io('make the names durable', () => storage.syncNames())
    const picture = yield* examine(settings)
    const made = yield* makePlan({ settings, picture })
    return yield* perform({ settings, picture, note, epoch: epochOf(lock, picture), ...chosen(made, plan, id) })
  } finally {
    yield* io('release the lock', () => lock.release())
  }
}

function chosen({ plan: now, actions }: MadePlan, plan: RepairPlan, id: string): Pick<Decision, 'choice' | 'action'> {
  if (now.digest !== plan.digest) {
    throw new VarveError(
      'INVALID_ARGUMENT',
      'the directory is not what it was when the plan was made; nothing was changed, make another plan',
      { planned: plan.digest, found: now.digest },
    )
  }
  const choice = now.choices.find((each) => each.id === id)
  const action = actions.get(id)
  if (choice === undefined || action === undefined) {
    const ids = now.choices.map((each) => each.id).join(', ')
    throw new VarveError('INVALID_ARGUMENT', `the plan has no choice ${id}; there are: ${ids === '' ? 'none' : ids}`)
  }
  return { choice, action }
}

/** A copy of a log may lack the locks of the original; epochs never fall even so. */
function epochOf(lock: StorageLock, { segments, history }: Picture): number {
  const epochs = segments.map(({ surveyed }) => surveyed?.header.epoch ?? 0)
  const earlier = history.map(({ record }) => record?.epoch ?? 0)
  return Math.max(lock.generation, 1 + Math.max(0, ...epochs, ...earlier))
}

function* perform(decision: Decision): Procedure<RepairReport> {
  const { settings, picture, choice, epoch } = decision
  const { storage } = settings
  const { id, quarantines, removes, lost } = choice
  checkNames(decision)
  for (const name of picture.files.spares) yield* io(`remove ${name}`, () => storage.remove(name))
  yield* quarantine(settings, picture.names, quarantines)
  const { history, record } = yield* writeDown(decision)
  const published = yield* publish(decision)
  for (const name of removes) yield* io(`remove ${name}`, () => storage.remove(name))
  yield* io('make the removals durable', () => storage.syncNames())
  yield* closeHistory(storage, history, record)
  return { choice: id, history, epoch, published, quarantined: quarantines, removed: removes, lost }
}

/** @throws VarveError `UNSUPPORTED` where a name that was made durable may vanish, and with it the only copy. */
function checkNames({ settings, choice }: Decision): void {
  if (settings.storage.capabilities.names !== 'eventual' || choice.removes.length === 0) return
  throw new VarveError(
    'UNSUPPORTED',
    `${choice.id} removes files, and names are eventual in this storage: after a loss of power the copies could be ` +
      'gone and the removals done; copy the directory to another storage and repair it there',
    { choice: choice.id },
  )
}

/** A repair that is finished has been written down by whoever began it. */
function* writeDown(decision: Decision): Procedure<{ readonly history: string; readonly record: RepairRecord }> {
  const { settings, picture, choice, action, epoch, note } = decision
  const begun = choice.kind === 'finish' ? picture.history.find((each) => isUnfinished(each, picture)) : undefined
  if (begun?.record !== undefined) return { history: begun.file, record: begun.record }
  const record: RepairRecord = {
    version: 1,
    epoch,
    choice: choice.id,
    findings: choice.resolves.map((at) => picture.findings[at]).flatMap((finding) => {
      return finding === undefined ? [] : [{ code: finding.code, file: finding.file, position: finding.position }]
    }),
    lost: choice.lost,
    born: action.do === 'go-on' ? action.born : undefined,
    removes: choice.removes,
    quarantined: choice.quarantines,
    note,
  }
  return { history: yield* writeHistory(settings.storage, record), record }
}

function* publish({ settings, action, epoch }: Decision): Procedure<string | undefined> {
  const { storage, runtime, buffers } = settings
  switch (action.do) {
    case 'renew':
      yield* buffers.lend(({ memory }) => renewSegment(storage, action.renewal, memory))
      return action.renewal.name
    case 'go-on':
      return yield* buffers.lend((kernel) => goOnBehind(storage, runtime, { ...action.going, epoch }, kernel))
    case 'nothing':
      return undefined
  }
}
