import { createCheckpointPublisherSync, recoverSync, type SynchronousCheckpointPublisher } from '@varve/checkpoint'
import { isVarveError } from '@varve/codec'
import type { System, World } from '@varve/dst'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { CheckpointLedger, folded } from './checkpoint-ledger.ts'
import {
  checkRecords,
  checkRecovery,
  floorAfter,
  forgiveCheckpoints,
  sequenceFor,
  type CheckpointStep,
  type CheckpointVariant,
} from './checkpoint-variant.ts'
import { smallLog } from './log-variant.ts'
import { isHonest } from './promises.ts'

interface Opened {
  log: SynchronousLog
  publisher: SynchronousCheckpointPublisher
}

/** A program whose state is the fold of its records, and whose every call returns when it is done. */
export function synchronousCheckpoints(variant: CheckpointVariant): System<Opened, CheckpointLedger> {
  const open = (world: World): Opened => {
    const { storage, runtime } = world
    const log = openLogSync({ ...smallLog, ...variant.options, durability: variant.durability, storage, runtime })
    return { log, publisher: createCheckpointPublisherSync(log, { keep: variant.keep }) }
  }
  return {
    ledger: (profile) => new CheckpointLedger(profile),
    open,
    check: ({ log }, world, ledger) => { check(log, world, ledger) },
    workload(opened, world, ledger) {
      const act = (step: CheckpointStep): void => {
        world.note(`-- ${step.do} ${'bytes' in step ? String(step.bytes) : ''}`)
        if (step.do === 'reopen') {
          opened.log.closeSync()
          ledger.log.cover(opened.log.durableSequence)
          Object.assign(opened, open(world))
          check(opened.log, world, ledger)
        } else perform(opened, step, variant, world, ledger)
      }
      if (world.life === 1) for (const step of variant.before ?? []) act(step)
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = variant.steps[world.choose(variant.steps.length + 1) - 1]
        if (step === undefined) break
        act(step)
      }
      // Most processes are killed; some say goodbye.
      if (world.stepsMax === 0 || world.choose(2) === 0) return
      world.note('-- close')
      opened.log.closeSync()
      ledger.log.cover(opened.log.durableSequence)
      world.shutDown()
    },
    abandon: ({ log }) => { log.closeSync() },
    decayed: forgiveCheckpoints,
    tolerates: isHonest,
  }
}

function perform(
  { log, publisher }: Opened,
  step: Exclude<CheckpointStep, { do: 'reopen' }>,
  { durability, keep }: CheckpointVariant,
  world: World,
  ledger: CheckpointLedger,
): void {
  switch (step.do) {
    case 'append':
    case 'batch':
      log.appendBatchSync(ledger.attempt(step.do === 'append' ? [step.bytes] : step.bytes))
      if (durability === 'async') ledger.log.write()
      else ledger.log.cover()
      return
    case 'sync':
      log.syncSync()
      ledger.log.cover()
      return
    case 'publish':
    case 'publish-earlier':
      publish(log, publisher, sequenceFor(step, log.lastSequence), keep, ledger)
      return
    case 'pause':
      world.settleNames()
      return
    case 'wait':
  }
}

function publish(
  log: SynchronousLog,
  publisher: SynchronousCheckpointPublisher,
  sequence: number,
  keep: number,
  ledger: CheckpointLedger,
): void {
  const kept = publisher.list().map((each) => each.sequence)
  const state = ledger.stateOf(sequence)
  ledger.publish(sequence, floorAfter(sequence, kept, keep))
  try {
    publisher.publishSync([state.subarray(0, 70), state.subarray(70)], { sequence })
  } catch (error) {
    // An earlier state than that of the newest checkpoint is refused, and nothing has happened.
    if (isVarveError(error, 'INVALID_ARGUMENT') && sequence < log.lastSequence) return
    throw error
  }
  ledger.log.cover(sequence)
  ledger.keep(sequence, log.firstSequence)
}

function check(log: SynchronousLog, world: World, ledger: CheckpointLedger): void {
  checkRecords(log, [...log.readSync()], world, ledger)
  let fold = 0
  const recovery = recoverSync(log, {
    restore(state, { sequence }) {
      ledger.restored(sequence, Buffer.concat([...state]))
      fold = ledger.foldOf(sequence)
    },
    apply({ payload }) { fold = folded(fold, payload) },
  })
  checkRecovery(recovery, fold, world, ledger)
  // Where names are eventual, nothing is begun before what is there is settled.
  if (world.profile.names === 'eventual') world.settleNames()
}
