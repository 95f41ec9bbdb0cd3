import {
  isVarveError,
  type ConnectedLog,
  type Durability,
  type ReclaimReport,
  type RecoveryReport,
  type SegmentInfo,
} from 'varve'
import { connect, type Connection } from './connection.ts'
import { LabFailure } from './lab.ts'
import { failureOf, type Failure } from './logic/failure.ts'
import { count, plural } from './logic/format.ts'
import { Ledger, type Audit } from './logic/ledger.ts'
import { segmentBytes, segmentsMax } from './logic/names.ts'
import { originOf, payloadOf } from './logic/payload.ts'
import { Tabs } from './tabs.ts'

/** Where the page stands with its log. `down`: it could not be opened. `aside`: the laboratory has the files. */
export type Phase = 'opening' | 'open' | 'lost' | 'down' | 'aside'

/** What led to an opening. */
export type Cause = 'start' | 'options' | 'killed' | 'failed' | 'leader-gone' | 'damage'

/** What an opening found, and what of this tab's records came back. */
export interface Recovery {
  readonly cause: Cause
  readonly report: RecoveryReport
  readonly leads: boolean
  readonly ms: number
  readonly audit: Audit | undefined
}

/** One acknowledgement. */
export interface Acknowledgement {
  readonly sequence: number
  readonly ms: number
}

const pauseMs = 700
const refreshMs = 80
const reclaimAgainMs = 5000
const acknowledgementsMax = 240

/** What the page knows, and what it can do with the log. Panels show it; none of them touches the log by itself. */
export class App {
  readonly ledger: Ledger
  readonly tabs: Tabs
  readonly acknowledgements: Acknowledgement[] = []
  phase: Phase = 'opening'
  durability: Durability = 'sync'
  recordBytes = 256
  segments: readonly SegmentInfo[] = []
  checkpoints: readonly number[] = []
  recovery: Recovery | undefined
  failure: Failure | undefined
  /** One sentence on what was done last. */
  said = 'Append something: a layer fills from left to right, and a full one is sealed.'
  readonly #changed: () => void
  #connection: Connection | undefined
  #refreshing: ReturnType<typeof setTimeout> | undefined
  #isKilled = false
  #reclaiming: ReturnType<typeof setTimeout> | undefined

  constructor(tab: number, changed: () => void) {
    this.#changed = changed
    this.ledger = new Ledger(tab)
    this.tabs = new Tabs(tab, changed)
  }

  get log(): ConnectedLog | undefined {
    return this.phase === 'open' ? this.#connection?.log : undefined
  }

  get leads(): boolean {
    return this.phase === 'open' && this.#connection?.leads === true
  }

  /** Whether there are so many segments that nothing more should be appended. */
  get isFull(): boolean {
    return this.segments.length >= segmentsMax
  }

  async open(cause: Cause, verify: 'seals' | 'all' = 'seals'): Promise<void> {
    this.#turn('opening')
    const began = performance.now()
    try {
      const connection = await connect({ durability: this.durability, verify, segmentBytes })
      const ms = performance.now() - began
      const { log, leads } = connection
      this.#connection = connection
      this.failure = undefined
      this.recovery = { cause, report: log.recovery, leads, ms, audit: undefined }
      void log.failed.then((error) => this.#lost(log, error))
      this.#turn('open')
      void this.#follow(log)
      const audit = await this.ledger.audit(log.firstSequence, log.read())
      this.recovery = { ...this.recovery, audit }
      this.changed()
    } catch (error) {
      this.fail(error)
      if (this.phase === 'opening') this.#turn('down')
    }
  }

  /** Appends records at once, in one turn; resolves when all of them are acknowledged or refused. */
  async append(records: number): Promise<void> {
    await Promise.all(Array.from({ length: records }, () => this.#appendOne()))
  }

  async #appendOne(): Promise<void> {
    const { log, ledger } = this
    if (log === undefined) return
    const serial = ledger.send()
    const payload = payloadOf({ tab: ledger.tab, serial }, this.recordBytes)
    const began = performance.now()
    try {
      const sequence = await log.append(payload)
      ledger.acknowledge(serial, sequence)
      this.acknowledgements.push({ sequence, ms: performance.now() - began })
      if (this.acknowledgements.length > acknowledgementsMax) this.acknowledgements.shift()
    } catch (error) {
      ledger.fail(serial)
      // Of a log that is lost, `failed` tells once, and not each call.
      if (!isVarveError(error, 'POISONED') && !isVarveError(error, 'CLOSED')) this.fail(error)
    }
    this.changed()
  }

  /** Publishes what the records come to, which here is their number, and gives up what only older states needed. */
  async checkpoint(): Promise<void> {
    await this.#doing((log) => this.#publish(log, log.lastSequence))
  }

  /** Gives up all but the active segment, whether a checkpoint replaces it or not. */
  async reclaim(): Promise<void> {
    await this.#doing(async (log) => {
      const active = (await log.segments()).at(-1)
      await this.#giveUp(log, active?.firstSequence)
    })
  }

  async choose(durability: Durability): Promise<void> {
    this.durability = durability
    await this.setAside()
    await this.open('options')
  }

  /** Ends the worker that has the log. What was in flight has an unknown outcome; then the log is opened again. */
  kill(): void {
    this.#isKilled = true
    this.#connection?.kill()
  }

  /** Closes the log, so that its files are free. */
  async setAside(): Promise<void> {
    const log = this.#connection?.log
    this.#connection = undefined
    this.#turn('aside')
    await log?.close()
  }

  /** The log was removed: nothing that this tab knows of it holds any more. */
  forget(): void {
    this.ledger.clear()
    this.acknowledgements.length = 0
    this.segments = []
    this.checkpoints = []
    this.said = ''
  }

  fail(error: unknown): void {
    this.failure = error instanceof LabFailure ? error.failure : failureOf(error)
    this.changed()
  }

  /** Shows what is new, soon: appends come by the hundreds. */
  changed(): void {
    this.#refreshing ??= setTimeout(() => void this.#refresh(), refreshMs)
  }

  async #refresh(): Promise<void> {
    try {
      const { log } = this
      if (log !== undefined) {
        const [segments, checkpoints] = await Promise.all([log.segments(), log.checkpoints()])
        this.segments = segments
        this.checkpoints = checkpoints.map(({ sequence }) => sequence)
      }
    } catch (error) {
      // A log that goes away while it is asked says so by `failed`.
      if (this.phase === 'open' && this.#connection !== undefined) this.failure ??= failureOf(error)
    } finally {
      this.#refreshing = undefined
      this.#changed()
    }
  }

  async #doing(action: (log: ConnectedLog) => Promise<void>): Promise<void> {
    const { log } = this
    if (log === undefined) return
    try {
      await action(log)
    } catch (error) {
      this.fail(error)
    }
    this.changed()
  }

  async #publish(log: ConnectedLog, sequence: number): Promise<void> {
    const state = new TextEncoder().encode(JSON.stringify({ records: sequence }))
    const { reclaimed } = await log.checkpoint(state, { sequence, keep: 1 })
    const isHeldBack = reclaimed.floor <= sequence || reclaimed.deferred.length > 0
    this.#sayReclaimed(`Checkpoint after record ${count(sequence)}. `, reclaimed, isHeldBack)
    if (!isHeldBack) return
    this.#again(log, async () => {
      // Another tab may have published a newer one meanwhile.
      if (this.checkpoints[0] === sequence) await this.#publish(log, sequence)
    })
  }

  async #giveUp(log: ConnectedLog, before: number | undefined): Promise<void> {
    const reclaimed = await log.reclaim(before)
    const isHeldBack = reclaimed.deferred.length > 0
    this.#sayReclaimed('', reclaimed, isHeldBack)
    if (isHeldBack) this.#again(log, () => this.#giveUp(log, undefined))
  }

  #sayReclaimed(before: string, { removed, floor }: ReclaimReport, isHeldBack: boolean): void {
    const gone = removed.length === 0 ? '' : `${plural(removed.length, 'segment')} reclaimed. `
    const rest = isHeldBack
      ? 'What lies below waits: a browser may take a minute until the names of new files are durable, and ' +
        'nothing old goes before that. The page tries again.'
      : `The oldest record is ${count(floor)}.`
    this.said = before + gone + rest
  }

  #again(log: ConnectedLog, action: () => Promise<void>): void {
    clearTimeout(this.#reclaiming)
    this.#reclaiming = setTimeout(() => { if (this.log === log) void this.#doing(action) }, reclaimAgainMs)
  }

  /** Counts what other tabs append. */
  async #follow(log: ConnectedLog): Promise<void> {
    try {
      for await (const { payload } of log.tail()) {
        const origin = originOf(payload)
        if (origin !== undefined) this.tabs.roster.see(origin.tab)
        this.changed()
      }
    } catch (error) {
      // It ends with its log, which says so itself.
      if (this.log === log) this.fail(error)
    }
  }

  async #lost(log: ConnectedLog, error: Error): Promise<void> {
    // One that was closed on purpose has nothing more to say.
    if (this.#connection?.log !== log) return
    const cause = this.#isKilled ? 'killed' : this.leads ? 'failed' : 'leader-gone'
    this.#isKilled = false
    this.#connection = undefined
    if (cause === 'failed') this.said = `The log failed with ${error.message}.`
    this.#turn('lost')
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    await this.open(cause)
  }

  #turn(phase: Phase): void {
    this.phase = phase
    this.tabs.say(this.leads)
    this.changed()
  }
}
