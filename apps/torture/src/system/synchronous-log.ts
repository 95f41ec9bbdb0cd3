import { LogLedger, type System, type World } from '@varve/dst'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { smallLog, type LogVariant, type Step } from './log-variant.ts'
import { checkRecovered, checkReopened, floorFor, forgive, isHonest, listOf } from './promises.ts'

/** The log of this process; it changes when a workload closes it and opens it again. */
interface Opened {
  log: SynchronousLog
}

/** A log whose every call returns when it is done. */
export function synchronousLog(variant: LogVariant): System<Opened, LogLedger> {
  const open = (world: World): SynchronousLog => {
    const { storage, runtime } = world
    const log = openLogSync({ ...smallLog, ...variant.options, durability: variant.durability, storage, runtime })
    world.probe(`recovery.${log.recovery.row ?? 'created'}`)
    return log
  }
  return {
    ledger: (profile) => new LogLedger(profile),
    open: (world) => ({ log: open(world) }),
    check: ({ log }, world, ledger) => { check(log, world, ledger) },
    workload(opened, world, ledger) {
      const act = (step: Step): void => {
        world.note(`-- ${step.do} ${'bytes' in step ? String(step.bytes) : ''}`)
        if (step.do === 'reopen') {
          close(opened.log, ledger)
          opened.log = open(world)
          checkReopened(opened.log, variant)
          check(opened.log, world, ledger)
        } else perform(opened.log, step, variant, world, ledger)
      }
      if (world.life === 1) for (const bytes of variant.before ?? []) act({ do: 'append', bytes })
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = variant.steps[world.choose(variant.steps.length + 1) - 1]
        if (step === undefined) break
        act(step)
      }
      // Most processes are killed; some say goodbye.
      if (world.stepsMax === 0 || world.choose(2) === 0) return
      world.note('-- close')
      close(opened.log, ledger)
      world.shutDown()
    },
    abandon: ({ log }) => { log.closeSync() },
    decayed: forgive,
    tolerates: isHonest,
  }
}

function perform(
  log: SynchronousLog,
  step: Exclude<Step, { do: 'reopen' }>,
  { durability }: LogVariant,
  world: World,
  ledger: LogLedger,
): void {
  switch (step.do) {
    case 'append':
    case 'batch':
      log.appendBatchSync(ledger.attempt(step.do === 'append' ? [step.bytes] : step.bytes))
      if (durability === 'async') ledger.write()
      else ledger.cover()
      return
    case 'enqueue':
      for (const payload of ledger.attempt([step.bytes])) log.enqueue(payload)
      return
    case 'sync':
      log.syncSync()
      ledger.cover()
      return
    case 'read':
    case 'tail':
      for (const { sequence, payload } of log.readSync()) ledger.compare(sequence, payload)
      return
    case 'archive': {
      const before = floorFor(log.lastSequence)
      ledger.reclaim(before - 1)
      log.archiveSync(before)
      ledger.giveUp(before - 1)
      return
    }
    case 'reclaim':
      log.reclaimSync()
      return
    case 'checkpoint': {
      const mark = ledger.mark()
      log.recordCheckpointsSync(listOf(mark))
      ledger.keepMark(mark)
      return
    }
    case 'pause':
      world.settleNames()
      return
    case 'abort':
    case 'overwrite':
    case 'wait':
  }
}

/** Closing tells of nothing that was awaited; what is durable then is for the log to say. */
function close(log: SynchronousLog, ledger: LogLedger): void {
  log.closeSync()
  ledger.cover(log.durableSequence)
}

function check(log: SynchronousLog, world: World, ledger: LogLedger): void {
  checkRecovered(log, [...log.readSync()], world, ledger)
}
