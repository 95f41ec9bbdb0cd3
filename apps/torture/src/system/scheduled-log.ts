import { isVarveError } from '@varve/codec'
import { LogLedger, Violation, type System, type World } from '@varve/dst'
import { openLog, type Log, type LogRecord } from '@varve/segments'
import { smallLog, type LogVariant, type Step } from './log-variant.ts'
import { QueueBooks } from './queue-books.ts'
import { checkRecovered, checkReopened, floorFor, forgive, isHonest, listOf } from './promises.ts'

interface Opened {
  log: Log
  /** Readers that follow the log until it is closed. */
  readonly tails: Promise<void>[]
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
    open: async (world) => ({ log: await open(world), tails: [] }),
    check: ({ log }, world, ledger) => check(log, world, ledger),
    async workload(opened, world, ledger) {
      const calls = new Calls(variant, world, ledger, opened.tails)
      const act = async (step: Step): Promise<void> => {
        world.note(`-- ${step.do} ${'bytes' in step ? String(step.bytes) : ''}`)
        if (step.do === 'reopen') {
          calls.add(close(opened.log, ledger))
          await calls.settled()
          opened.log = await open(world)
          checkReopened(opened.log, variant)
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
    async abandon({ log, tails }) {
      await Promise.allSettled([log.close()])
      // They end with the log, whatever ended it.
      await Promise.allSettled(tails)
    },
    decayed: forgive,
    tolerates: isHonest,
  }
}

/** Calls under way. */
class Calls {
  readonly #variant: LogVariant
  readonly #world: World
  readonly #ledger: LogLedger
  readonly #tails: Promise<void>[]
  readonly #queue: QueueBooks
  #pending: Promise<void>[] = []
  /** What a reader that nobody waits for found. */
  #broken: Violation | undefined

  constructor(variant: LogVariant, world: World, ledger: LogLedger, tails: Promise<void>[]) {
    this.#variant = variant
    this.#tails = tails
    this.#world = world
    this.#ledger = ledger
    this.#queue = new QueueBooks(world, ledger, variant.options?.queue?.maxBytes)
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
    if (this.#broken !== undefined) throw this.#broken
    for (const end of ended) if (end.status === 'rejected') throw end.reason
  }

  async #perform(log: Log, step: Step): Promise<void> {
    const ledger = this.#ledger
    switch (step.do) {
      case 'append':
      case 'batch': {
        const last = await this.#queue.append(log, step.do === 'append' ? [step.bytes] : step.bytes)
        if (last !== undefined) this.#told(last)
        return
      }
      case 'enqueue':
        this.#queue.enqueue(log, step.bytes)
        return
      case 'sync': {
        const covered = this.#queue.fence()
        await log.sync()
        ledger.cover(covered())
        return
      }
      case 'abort':
        this.#queue.abort(log)
        return
      case 'overwrite':
        this.#queue.overwrite()
        return
      case 'read':
        await this.#readUnlessReclaimed(log.read())
        return
      case 'tail':
        this.#tails.push(this.#follow(log))
        return
      case 'archive':
        await this.#archive(log)
        return
      case 'reclaim':
        await this.#reclaim(log)
        return
      case 'checkpoint':
        await this.#checkpoint(log)
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
  async #read(records: AsyncIterable<LogRecord>): Promise<void> {
    let last: number | undefined
    for await (const { sequence, payload } of records) {
      if (last !== undefined && sequence !== last + 1) throw new Violation(`a reader got ${sequence} after ${last}`)
      last = sequence
      this.#ledger.compare(sequence, payload)
      if (this.#variant.durability !== 'async') this.#ledger.expose(sequence)
    }
  }

  /** A reader that comes too late for what is being given up is told so. */
  async #readUnlessReclaimed(records: AsyncIterable<LogRecord>): Promise<void> {
    try {
      await this.#read(records)
    } catch (error) {
      if (!isVarveError(error, 'RECLAIMED')) throw error
    }
  }

  /** Until the log is closed, or fails: nobody waits for it before. */
  async #follow(log: Log): Promise<void> {
    try {
      await this.#readUnlessReclaimed(log.tail({ from: log.firstSequence }))
    } catch (error) {
      if (error instanceof Violation) this.#broken = error
    }
  }

  async #archive(log: Log): Promise<void> {
    const before = floorFor(log.lastSequence)
    this.#ledger.reclaim(before - 1)
    if (await unlessClosed(log.archive(before))) this.#ledger.giveUp(before - 1)
  }

  async #reclaim(log: Log): Promise<void> {
    await unlessClosed(log.reclaim())
  }

  async #checkpoint(log: Log): Promise<void> {
    const mark = this.#ledger.mark()
    await log.recordCheckpoints(listOf(mark))
    this.#ledger.keepMark(mark)
  }
}

/** One that the log is closed under does no more, and says so. */
async function unlessClosed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (isVarveError(error, 'CLOSED')) return false
    throw error
  }
}

async function close(log: Log, ledger: LogLedger): Promise<void> {
  await log.close()
  ledger.cover(log.durableSequence)
}

async function check(log: Log, world: World, ledger: LogLedger): Promise<void> {
  const records: LogRecord[] = []
  for await (const record of log.read()) records.push(record)
  checkRecovered(log, records, world, ledger)
}
