import { isVarveError } from '@varve/codec'
import { Violation, type System, type World } from '@varve/dst'
import { openLog, openReplica, type Log, type LogOptions, type LogRecord, type Replica } from '@varve/segments'
import type { LogStorage } from '@varve/storage'
import { directoryOf } from './directory.ts'
import { smallLog } from './log-variant.ts'
import type { PairVariant } from './pair-variant.ts'
import { PairLedger, replicaPrefix, sourcePrefix } from './pair.ts'
import { checkRecovered, isHonest } from './promises.ts'

/** What is open in a process: a log, and a copy that follows it. */
interface Followed {
  readonly log: Log
  readonly replica: Replica
  /** Ends with the log. */
  following: Promise<void> | undefined
}

/**
 * A log whose copy follows it while it is written: every step of the calls, of the committer, of the stream and of the
 * copy is the tape's to order. Of the steps of a pair only appends and batches are done.
 */
export function followedLog(variant: PairVariant): System<Followed, PairLedger> {
  return {
    ledger: (profile) => PairLedger.of(profile),
    async open(world) {
      const log = await openLog(optionsOf(variant, world, directoryOf(world.storage, sourcePrefix, world.life)))
      world.probe(`recovery.${log.recovery.row ?? 'created'}`)
      const { runtime } = world
      const storage = directoryOf(world.storage, replicaPrefix, world.life)
      const replica = await openReplica({ storage, readBytes: smallLog.readBytes, runtime })
      return { log, replica, following: undefined }
    },
    async check({ log, replica }, world, ledger) {
      checkRecovered(log, await recordsOf(log), world, ledger.source)
      if (replica.synced !== undefined) await checkCopy(variant, world, ledger)
    },
    async workload(pair, world, ledger) {
      const { log, replica } = pair
      pair.following = replica.receive(log.stream({ from: replica.position, follow: true }))
      // Whoever waits hears of it; nobody may wait any more when the process dies.
      pair.following.catch(() => undefined)
      const calls: Promise<void>[] = []
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = variant.steps[world.choose(variant.steps.length + 1) - 1]
        if (step === undefined) break
        world.note(`-- ${step.do}`)
        if (step.do === 'append' || step.do === 'batch') calls.push(append(log, step, variant, ledger))
      }
      for (const call of calls) call.catch(() => undefined)
      await Promise.all(calls)
      await log.close()
      ledger.source.cover(log.durableSequence)
      if (await hasFollowed(pair.following, log)) {
        world.probe('replica.followed')
        await checkCopy(variant, world, ledger)
        if (ledger.copied !== log.lastSequence) throw new Violation(missed(ledger.copied, log.lastSequence))
      }
      await replica.close()
      world.shutDown()
    },
    async abandon({ log, replica, following }) {
      await Promise.allSettled([log.close()])
      await Promise.allSettled([following])
      await Promise.allSettled([replica.close()])
    },
    tolerates: isHonest,
  }
}

/** False for a copy that has to begin anew: an open removes segments without a record, at which it may have stood. */
async function hasFollowed(following: Promise<void>, { segments }: Log): Promise<boolean> {
  try {
    await following
    return true
  } catch (error) {
    if (isVarveError(error, 'RECLAIMED') && (segments[0]?.index ?? 0) > 1) return false
    throw error
  }
}

function missed(copied: number, lastSequence: number): string {
  return `the copy followed to ${copied}, and the log was closed behind ${lastSequence}`
}

async function append(
  log: Log,
  step: Extract<PairVariant['steps'][number], { do: 'append' | 'batch' }>,
  { durability }: PairVariant,
  { source }: PairLedger,
): Promise<void> {
  const sizes = step.do === 'append' ? [step.bytes] : step.bytes
  const { last } = await log.appendBatch(source.attempt(sizes))
  if (durability === 'async') source.write(last)
  else source.cover(last)
}

/** What another process reads in the copy as durable. */
async function checkCopy(variant: PairVariant, world: World, ledger: PairLedger): Promise<void> {
  const storage = directoryOf(world.storage, replicaPrefix, world.life)
  const options = { ...optionsOf(variant, world, storage), readOnly: true, visibility: 'durable' } as const
  const copy = await openLog(options)
  const records = await recordsOf(copy)
  ledger.foundCopy(copy.firstSequence, records.map(({ payload }) => payload), world.isBetrayed)
  ledger.copy(copy.durableSequence)
  await copy.close()
}

async function recordsOf(log: Log): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const record of log.read()) records.push(record)
  return records
}

function optionsOf({ durability, options }: PairVariant, { runtime }: World, storage: LogStorage): LogOptions {
  return { ...smallLog, ...options, durability, storage, runtime }
}
