import { isVarveError } from '@varve/codec'
import { Violation, type System, type World } from '@varve/dst'
import {
  openLogSync,
  openReplicaSync,
  promoteReplicaSync,
  type LogOptions,
  type LogRecord,
  type SynchronousLog,
  type SynchronousReplica,
} from '@varve/segments'
import type { LogStorage } from '@varve/storage'
import { directoryOf } from './directory.ts'
import { smallLog } from './log-variant.ts'
import type { PairStep, PairVariant } from './pair-variant.ts'
import { PairLedger, replicaPrefix, sourcePrefix } from './pair.ts'
import { readFile } from './read-file.ts'
import { checkRecovered, floorFor, isHonest } from './promises.ts'

/** What is open in a process: the log and its copy or, when the copy took over, that one alone. */
interface Pair {
  log: SynchronousLog
  replica: SynchronousReplica | undefined
}

/** A log that is copied while it lives, on a disk that loses what is un-synced of both. */
export function replicatedLog(variant: PairVariant): System<Pair, PairLedger> {
  return {
    ledger: (profile) => PairLedger.of(profile),
    open: (world, ledger) => new PairDriver(variant, world, ledger).open(),
    check: (pair, world, ledger) => { new PairDriver(variant, world, ledger).check(pair) },
    workload: (pair, world, ledger) => { new PairDriver(variant, world, ledger).work(pair) },
    abandon({ log, replica }) {
      replica?.closeSync()
      log.closeSync()
    },
    tolerates: isHonest,
  }
}

/** Everything that one process does to a pair. */
class PairDriver {
  readonly #variant: PairVariant
  readonly #world: World
  readonly #ledger: PairLedger
  readonly #source: LogStorage
  readonly #target: LogStorage

  constructor(variant: PairVariant, world: World, ledger: PairLedger) {
    this.#variant = variant
    this.#world = world
    this.#ledger = ledger
    this.#source = directoryOf(world.storage, sourcePrefix, world.life)
    this.#target = directoryOf(world.storage, replicaPrefix, world.life)
  }

  open(): Pair {
    if (this.#ledger.isThrownAway) this.#throwAway()
    if (this.#hasTakenOver()) return { log: this.#openLog(this.#target), replica: undefined }
    if (this.#variant.takesOver === true && !this.#isEmpty() && this.#world.choose(2) === 0) return this.#takeOver()
    const log = this.#openLog(this.#source)
    return { log, replica: this.#openReplica() }
  }

  #takeOver(): Pair {
    this.#ledger.promote()
    this.#world.probe('replica.took-over')
    return { log: promoteReplicaSync(this.#options(this.#target)), replica: undefined }
  }

  /** Each is what it promised; then the copy goes on behind the source, and ends up with the same files. */
  check(pair: Pair): void {
    const { log, replica } = pair
    const ledger = this.#ledger
    if (replica === undefined) {
      checkRecovered(log, [...log.readSync()], this.#world, ledger.foundPromoted())
      return
    }
    checkRecovered(log, [...log.readSync()], this.#world, ledger.source)
    this.#checkCopy()
    // A disk that lied may have lost what only one of the two needs.
    if (this.#copy(pair) && !this.#world.isBetrayed) this.#compareFiles(log)
  }

  work(pair: Pair): void {
    const { before = [], steps } = this.#variant
    const { life, stepsMax } = this.#world
    if (life === 1) for (const step of before) this.#act(pair, step)
    for (let left = stepsMax; left > 0; left -= 1) {
      const step = steps[this.#world.choose(steps.length + 1) - 1]
      if (step === undefined) break
      this.#world.note(`-- ${step.do}`)
      this.#act(pair, step)
    }
    if (stepsMax === 0 || this.#world.choose(2) === 0) return
    pair.replica?.closeSync()
    this.#close(pair.log)
    this.#world.shutDown()
  }

  #act(pair: Pair, step: PairStep): void {
    const { log, replica } = pair
    switch (step.do) {
      case 'append':
      case 'batch':
        this.#append(log, step.do === 'append' ? [step.bytes] : step.bytes)
        return
      case 'copy':
        if (replica !== undefined) this.#copy(pair, step.pieces, step.syncs)
        return
      case 'reopen':
        this.#close(log)
        pair.log = this.#openLog(replica === undefined ? this.#target : this.#source)
        checkRecovered(pair.log, [...pair.log.readSync()], this.#world, this.#books)
        return
      case 'reopen-replica':
        replica?.closeSync()
        if (replica !== undefined) pair.replica = this.#openReplica()
        return
      case 'reclaim':
        this.#reclaim(log, replica)
        return
      case 'promote':
        if (replica !== undefined) this.#promote(pair, replica)
    }
  }

  get #books(): PairLedger['source'] {
    return this.#ledger.hasTakenOver ? this.#ledger.foundPromoted() : this.#ledger.source
  }

  #append(log: SynchronousLog, bytes: readonly number[]): void {
    const books = this.#books
    log.appendBatchSync(books.attempt(bytes))
    if (this.#variant.durability === 'async') books.write()
    else books.cover()
  }

  /** False when the copy is no copy of this source any more. */
  #copy(pair: Pair, pieces = Number.POSITIVE_INFINITY, syncs: 'each' | 'end' = 'each'): boolean {
    const { log, replica } = pair
    if (replica === undefined) return false
    try {
      this.#stream(log, replica, pieces, syncs)
    } catch (error) {
      if (!this.#isExpected(error, log, replica)) throw error
      if (isVarveError(error, 'FOREIGN_FILE')) return false
      this.#beginAnew(pair)
      return this.#copy(pair, pieces, syncs)
    }
    this.#world.probe(`replica.copied.${pieces === Number.POSITIVE_INFINITY ? 'all' : 'some'}`)
    this.#checkCopy()
    return true
  }

  /** A promotion died between its two last steps, or what the copy still needs was reclaimed. */
  #isExpected(error: unknown, log: SynchronousLog, { position }: SynchronousReplica): boolean {
    if (isVarveError(error, 'FOREIGN_FILE') && this.#ledger.promoted !== undefined) {
      this.#world.probe('replica.half-promoted')
      return true
    }
    const oldest = log.segments[0]?.index ?? 0
    return isVarveError(error, 'RECLAIMED') && position !== undefined && position.segment < oldest
  }

  /** A copy that was left behind begins anew, in an empty directory. */
  #beginAnew(pair: Pair): void {
    this.#world.probe('replica.left-behind')
    this.#ledger.throwAway()
    pair.replica?.closeSync()
    this.#throwAway()
    pair.replica = this.#openReplica()
  }

  #throwAway(): void {
    for (const name of this.#target.list() as readonly string[]) void this.#target.remove(name)
    void this.#target.syncNames()
    this.#ledger.isThrownAway = false
  }

  #stream(log: SynchronousLog, replica: SynchronousReplica, pieces: number, syncs: 'each' | 'end'): void {
    let left = pieces
    for (const chunk of log.streamSync(replica.position)) {
      if (left === 0) break
      left -= 1
      replica.writeSync(chunk)
      if (syncs === 'each') replica.syncSync()
    }
    replica.syncSync()
  }

  /** What another process reads in the replica, and what it calls durable there. */
  #checkCopy(): void {
    if (this.#isEmpty()) return
    const copy = openLogSync({ ...this.#options(this.#target), readOnly: true, visibility: 'durable' })
    const records: LogRecord[] = [...copy.readSync()]
    const first = records[0]?.sequence ?? copy.firstSequence
    this.#ledger.foundCopy(first, records.map(({ payload }) => payload), this.#world.isBetrayed)
    this.#ledger.copy(copy.durableSequence)
    if (copy.recovery.damage.length > 0 && !this.#world.isBetrayed) {
      throw new Violation(`the copy is damaged: ${JSON.stringify(copy.recovery.damage)}`)
    }
  }

  #reclaim(log: SynchronousLog, replica: SynchronousReplica | undefined): void {
    const before = floorFor(log.lastSequence)
    const books = this.#books
    books.reclaim(before - 1)
    log.reclaimSync(before)
    books.giveUp(before - 1)
    replica?.reclaimSync()
  }

  #promote(pair: Pair, replica: SynchronousReplica): void {
    const { log } = pair
    const books = this.#ledger.promote()
    this.#world.probe('replica.promoted')
    // What the old primary still writes is nobody's.
    replica.closeSync()
    log.closeSync()
    pair.replica = undefined
    pair.log = promoteReplicaSync(this.#options(this.#target))
    this.#ledger.foundPromoted()
    checkRecovered(pair.log, [...pair.log.readSync()], this.#world, books)
  }

  /**
   * Every segment that is over has the same bytes on both sides, at least as far as its frames go: a device may damage
   * what stands beside them.
   */
  #compareFiles({ segments }: SynchronousLog): void {
    segments.slice(0, -1).forEach(({ name, header, end }, at) => {
      const isCut = (segments[at + 1]?.header.cut ?? 0) > 0
      const isSafe = this.#world.profile.survival.damagedBlockBytes === 0
      const bytes = isSafe && !isCut ? header.capacity : end
      const [one, other] = [this.#source, this.#target].map((storage) => readFile(storage, name, bytes))
      if (one !== other) throw new Violation(`${name} of the copy differs`)
    })
  }

  #close(log: SynchronousLog): void {
    log.closeSync()
    this.#books.cover(log.durableSequence)
  }

  #openLog(storage: LogStorage): SynchronousLog {
    const log = openLogSync(this.#options(storage))
    this.#world.probe(`recovery.${log.recovery.row ?? 'created'}`)
    return log
  }

  #openReplica(): SynchronousReplica {
    const { runtime } = this.#world
    const replica = openReplicaSync({ storage: this.#target, readBytes: smallLog.readBytes, runtime })
    this.#world.probe(`replica.${replica.report.created ? 'created' : 'resumed'}`)
    if (replica.report.discardedBytes > 0) this.#world.probe('replica.cut')
    return replica
  }

  #options(storage: LogStorage): LogOptions {
    const { durability, options } = this.#variant
    return { ...smallLog, ...options, durability, storage, runtime: this.#world.runtime }
  }

  #hasTakenOver(): boolean {
    const names = this.#target.list() as readonly string[]
    return this.#ledger.promoted !== undefined && !names.includes('replica.position')
  }

  #isEmpty(): boolean {
    const names = this.#target.list() as readonly string[]
    return names.every((name) => !name.endsWith('.varve') || name.startsWith('spare-'))
  }
}
