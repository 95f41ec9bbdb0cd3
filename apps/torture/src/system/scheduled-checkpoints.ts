import { createCheckpointPublisher, recover, type CheckpointPublisher } from '@varve/checkpoint'
import { isVarveError } from '@varve/codec'
import type { System, World } from '@varve/dst'
import { openLog, type Log, type LogRecord } from '@varve/segments'
import { CheckpointLedger, folded } from './checkpoint-ledger.ts'
import {
  checkRecords,
  checkRecovery,
  forgiveCheckpoints,
  sequenceFor,
  type CheckpointStep,
  type CheckpointVariant,
} from './checkpoint-variant.ts'
import { smallLog } from './log-variant.ts'
import { isHonest } from './promises.ts'

interface Opened {
  log: Log
  publisher: CheckpointPublisher
}

/** As `synchronousCheckpoints`, with calls that overlap: any of them comes between any two steps of another. */
export function scheduledCheckpoints(variant: CheckpointVariant): System<Opened, CheckpointLedger> {
  const open = async (world: World): Promise<Opened> => {
    const { storage, runtime } = world
    const log = await openLog({ ...smallLog, ...variant.options, durability: variant.durability, storage, runtime })
    return { log, publisher: createCheckpointPublisher(log, { keep: variant.keep }) }
  }
  return {
    ledger: (profile) => new CheckpointLedger(profile),
    open,
    check: ({ log }, world, ledger) => check(log, world, ledger),
    async workload(opened, world, ledger) {
      let pending: Promise<void>[] = []
      const add = (call: Promise<void>): void => {
        // Whoever waits hears of it; nobody may wait any more when the process dies.
        call.catch(() => undefined)
        pending.push(call)
      }
      const settled = async (): Promise<void> => {
        const ended = await Promise.allSettled(pending)
        pending = []
        for (const end of ended) if (end.status === 'rejected') throw end.reason
      }
      const act = async (step: CheckpointStep): Promise<void> => {
        world.note(`-- ${step.do} ${'bytes' in step ? String(step.bytes) : ''}`)
        if (step.do === 'reopen') {
          add(close(opened.log, ledger))
          await settled()
          Object.assign(opened, await open(world))
          await check(opened.log, world, ledger)
        } else if (step.do === 'wait') await settled()
        else add(perform(opened, step, variant, world, ledger))
      }
      if (world.life === 1) for (const step of variant.before ?? []) await act(step)
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = variant.steps[world.choose(variant.steps.length + 1) - 1]
        if (step === undefined) break
        await act(step)
      }
      // Most processes are killed; some say goodbye, with calls still under way.
      const says = world.stepsMax > 0 && world.choose(2) === 1
      if (says) add(close(opened.log, ledger))
      await settled()
      if (says) world.shutDown()
    },
    abandon: async ({ log }) => { await log.close() },
    decayed: forgiveCheckpoints,
    tolerates: isHonest,
  }
}

async function perform(
  { log, publisher }: Opened,
  step: Exclude<CheckpointStep, { do: 'reopen' | 'wait' }>,
  { durability }: CheckpointVariant,
  world: World,
  ledger: CheckpointLedger,
): Promise<void> {
  switch (step.do) {
    case 'append':
    case 'batch': {
      const payloads = ledger.attempt(step.do === 'append' ? [step.bytes] : step.bytes)
      const { last } = await log.appendBatch(payloads)
      if (durability === 'async') ledger.log.write(last)
      else ledger.log.cover(last)
      return
    }
    case 'sync': {
      const before = ledger.log.attempted
      await log.sync()
      ledger.log.cover(before)
      return
    }
    case 'publish':
    case 'publish-earlier':
      await publish(log, publisher, sequenceFor(step, log.lastSequence), ledger)
      return
    case 'pause':
      world.settleNames()
  }
}

async function publish(
  log: Log,
  publisher: CheckpointPublisher,
  sequence: number,
  ledger: CheckpointLedger,
): Promise<void> {
  const state = ledger.stateOf(sequence)
  // What is kept when its turn comes is not known yet; no floor is higher than this.
  ledger.publish(sequence, sequence + 1)
  try {
    await publisher.publish(inTwo(state), { sequence })
  } catch (error) {
    // One that the log is closed under says so, and an earlier state than that of the newest checkpoint is refused.
    if (isVarveError(error, 'CLOSED') || isVarveError(error, 'INVALID_ARGUMENT')) return
    throw error
  }
  ledger.log.cover(sequence)
  ledger.keep(sequence, log.firstSequence)
}

async function* inTwo(state: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield state.subarray(0, 70)
  await Promise.resolve()
  yield state.subarray(70)
}

async function close(log: Log, ledger: CheckpointLedger): Promise<void> {
  await log.close()
  ledger.log.cover(log.durableSequence)
}

async function check(log: Log, world: World, ledger: CheckpointLedger): Promise<void> {
  const records: LogRecord[] = []
  for await (const record of log.read()) records.push(record)
  checkRecords(log, records, world, ledger)
  let fold = 0
  const recovery = await recover(log, {
    async restore(state, { sequence }) {
      const chunks: Uint8Array[] = []
      for await (const chunk of state) chunks.push(chunk)
      ledger.restored(sequence, Buffer.concat(chunks))
      fold = ledger.foldOf(sequence)
    },
    apply({ payload }) { fold = folded(fold, payload) },
  })
  checkRecovery(recovery, fold, world, ledger)
  // Where names are eventual, nothing is begun before what is there is settled.
  if (world.profile.names === 'eventual') world.settleNames()
}
