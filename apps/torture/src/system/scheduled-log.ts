import { Violation, LogLedger, type System, type World } from '@varve/dst'
import { openLog, type Log } from '@varve/segments'
import { smallLog, type LogVariant, type Step } from './log-variant.ts'
import { checkCount, forgive, isHonest } from './promises.ts'

interface Opened {
  log: Log
}

/**
 * A log whose calls overlap: a workload starts one after the other without waiting, and every step of every one of
 * them, of the committer, of readers and of the making of spares is the tape's to order.
 */
export function scheduledLog(variant: LogVariant): System<Opened, LogLedger> {
  const open = async (world: World): Promise<Log> => {
    const { storage, runtime } = world
    const log = await openLog({ ...smallLog, ...variant.options, durability: variant.durability, storage, runtime })
    world.probe(`recovery.${log.recovery.row ?? 'created'}`)
    return log
  }
  return {
    ledger: (profile) => new LogLedger(profile),
    open: async (world) => ({ log: await open(world) }),
    check: ({ log }, world, ledger) => check(log, world, ledger),
    async workload(opened, world, ledger) {
      const calls = new Calls(variant, world, ledger)
      const act = async (step: Step): Promise<void> => {
        world.note(`-- ${step.do} ${'bytes' in step ? String(step.bytes) : ''}`)
        if (step.do === 'reopen') {
          calls.add(close(opened.log, ledger))
          await calls.settled()
          opened.log = await open(world)
          await check(opened.log, world, ledger)
        } else if (step.do === 'wait') await calls.settled()
        else calls.start(opened.log, step)
      }
      if (world.life === 1) for (const bytes of variant.before ?? []) await act({ do: 'append', bytes })
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = variant.steps[world.choose(variant.steps.length + 1) - 1]
        if (step === undefined) break
        await act(step)
      }
      // Most processes are killed; some say goodbye, with calls still under way.
      const says = world.stepsMax > 0 && world.choose(2) === 1
      if (says) calls.add(close(opened.log, ledger))
      await calls.settled()
      if (says) world.shutDown()
    },
    abandon: async ({ log }) => { await log.close() },
    decayed: forgive,
    tolerates: isHonest,
  }
}

/** Calls under way. */
class Calls {
  readonly #variant: LogVariant
  readonly #world: World
  readonly #ledger: LogLedger
  #pending: Promise<void>[] = []

  constructor(variant: LogVariant, world: World, ledger: LogLedger) {
    this.#variant = variant
    this.#world = world
    this.#ledger = ledger
  }

  start(log: Log, step: Step): void {
    this.add(this.#perform(log, step))
  }

  add(call: Promise<void>): void {
    // Whoever waits hears of it; nobody may wait any more when the process dies.
    call.catch(() => undefined)
    this.#pending.push(call)
  }

  /** Waits for all of them; throws the first failure when all have ended. */
  async settled(): Promise<void> {
    const ended = await Promise.allSettled(this.#pending)
    this.#pending = []
    for (const end of ended) if (end.status === 'rejected') throw end.reason
  }

  async #perform(log: Log, step: Step): Promise<void> {
    const ledger = this.#ledger
    switch (step.do) {
      case 'append': {
        const [payload] = ledger.attempt([step.bytes]) as [Uint8Array]
        this.#told(await log.append(payload))
        return
      }
      case 'batch':
        this.#told((await log.appendBatch(ledger.attempt(step.bytes))).last)
        return
      case 'enqueue':
        for (const payload of ledger.attempt([step.bytes])) log.enqueue(payload)
        return
      case 'sync': {
        const before = ledger.attempted
        await log.sync()
        ledger.cover(before)
        return
      }
      case 'read':
        await this.#read(log)
        return
      case 'pause':
        this.#world.settleNames()
        return
      case 'reopen':
      case 'wait':
    }
  }

  /** The record and all before it are as safe as the mode says. */
  #told(sequence: number): void {
    if (this.#variant.durability === 'async') this.#ledger.write(sequence)
    else this.#ledger.cover(sequence)
  }

  /** What a reader shows is what was appended, in order; where it shows only what is durable, it stays. */
  async #read(log: Log): Promise<void> {
    let count = 0
    for await (const { sequence, payload } of log.read()) {
      count += 1
      if (sequence !== count) throw new Violation(`a reader was given record ${sequence} after ${count - 1}`)
      this.#ledger.compare(sequence, payload)
      if (this.#variant.durability !== 'async') this.#ledger.expose(sequence)
    }
  }
}

async function close(log: Log, ledger: LogLedger): Promise<void> {
  await log.close()
  ledger.cover(log.durableSequence)
}

async function check(log: Log, world: World, ledger: LogLedger): Promise<void> {
  const payloads: Uint8Array[] = []
  for await (const { sequence, payload } of log.read()) {
    if (sequence !== payloads.length + 1) throw new Violation(`record ${sequence} follows ${payloads.length}`)
    payloads.push(payload)
  }
  ledger.recovered(payloads)
  world.note(`-- recovered ${payloads.length} records by '${log.recovery.row ?? 'created'}', as promised`)
  const wrong = checkCount(payloads.length, log)
  if (wrong !== undefined) throw new Violation(wrong)
}
