import { isVarveError } from '@varve/codec'
import { Violation, type LogLedger, type World } from '@varve/dst'
import type { Log, SequenceRange } from '@varve/segments'

/** A call that may be waiting for room in the queue. */
interface Call {
  /** As the ledger knows them. */
  readonly payloads: readonly Uint8Array[]
  /** As the log was given them. */
  readonly handed: readonly Uint8Array[]
  readonly controller: AbortController
}

/**
 * Calls through a queue that may be full. Records are numbered by the order of the calls, less those that were refused
 * or given up before they got in: the ledger is told of each as soon as that is certain.
 */
export class QueueBooks {
  readonly #world: World
  readonly #ledger: LogLedger
  readonly #maxBytes: number | undefined
  /** In the order of the calls. */
  readonly #waiting = new Set<Call>()
  /** How many records fences that are not over will have covered. */
  readonly #fences = new Set<{ count: number }>()

  constructor(world: World, ledger: LogLedger, maxBytes: number | undefined) {
    this.#world = world
    this.#ledger = ledger
    this.#maxBytes = maxBytes
  }

  /** The number of the last record, or undefined if nothing was taken. */
  async append(log: Log, sizes: readonly number[]): Promise<number | undefined> {
    const payloads = this.#ledger.attempt(sizes)
    const handed = payloads.map((payload) => payload.slice())
    const call: Call = { payloads, handed, controller: new AbortController() }
    const before = places(log)
    const called = this.#called(log, call)
    // Elsewhere nothing is ever refused, and calls may take their time to arrive.
    if (this.#maxBytes !== undefined) this.#note(log, call, before)
    return await called
  }

  enqueue(log: Log, bytes: number): void {
    const [payload] = this.#ledger.attempt([bytes]) as [Uint8Array]
    try {
      log.enqueue(payload)
    } catch (error) {
      if (!isVarveError(error, 'BACKPRESSURE')) throw error
      this.#world.probe('queue.refused')
      this.#ledger.refused(1)
    }
    this.#checkBound(log)
  }

  /** Asked when a fence is over: how many records it has covered. */
  fence(): () => number {
    const fence = { count: this.#ledger.attempted }
    this.#fences.add(fence)
    return () => {
      this.#fences.delete(fence)
      return fence.count
    }
  }

  /** Gives up one of the calls that wait; one that has got in meanwhile does not mind. */
  abort(log: Log): void {
    const call = this.#chosen()
    if (call === undefined) return
    const { waitingCalls } = log.stats()
    call.controller.abort()
    if (log.stats().waitingCalls === waitingCalls) return
    this.#world.probe('queue.aborted')
    this.#withdraw(call)
  }

  /** Changes a payload under a call that waits. */
  overwrite(): void {
    for (const bytes of this.#chosen()?.handed ?? []) bytes.fill(255)
  }

  /** Whether the call was taken, waits, or was refused. */
  #note(log: Log, call: Call, before: Places): void {
    const { lastSequence, waitingCalls } = places(log)
    this.#checkBound(log)
    if (waitingCalls > before.waitingCalls) {
      this.#world.probe('queue.waited')
      this.#waiting.add(call)
    } else if (lastSequence === before.lastSequence) this.#ledger.refused(call.payloads.length)
  }

  #chosen(): Call | undefined {
    const calls = [...this.#waiting]
    return calls.length === 0 ? undefined : calls[this.#world.choose(calls.length)]
  }

  /** Hears of a refusal before whoever got in behind it is heard of. */
  #called(log: Log, call: Call): Promise<number | undefined> {
    const { handed, controller } = call
    const [only] = handed
    const isSingle = handed.length === 1 && only !== undefined
    const called = isSingle ? log.append(only, controller) : log.appendBatch(handed, controller)
    const taken: Promise<number | SequenceRange> = called
    return taken.then(
      (range) => {
        this.#waiting.delete(call)
        return typeof range === 'number' ? range : range.last
      },
      (error: unknown) => {
        this.#waiting.delete(call)
        this.#excuse(call, error)
        return undefined
      },
    )
  }

  /** Answers that say that nothing was taken; whatever else is thrown, is. */
  #excuse(call: Call, error: unknown): void {
    if (isVarveError(error, 'BACKPRESSURE')) this.#world.probe('queue.refused')
    else if (isVarveError(error, 'INVALID_ARGUMENT')) {
      this.#world.probe('queue.overwritten')
      this.#withdraw(call)
    } else if (!isVarveError(error, 'ABORTED')) throw error
  }

  #withdraw({ payloads }: Call): void {
    const at = this.#ledger.withdrawn(payloads)
    for (const fence of this.#fences) if (fence.count > at) fence.count -= payloads.length
  }

  /** One record or batch above the bound may be there alone. */
  #checkBound(log: Log): void {
    const { queuedBytes, queuedRecords } = log.stats()
    if (this.#maxBytes === undefined || queuedBytes <= this.#maxBytes || queuedRecords <= 1) return
    throw new Violation(`${queuedBytes} bytes are staged, and the bound is ${this.#maxBytes}`)
  }
}

interface Places {
  readonly lastSequence: number
  readonly waitingCalls: number
}

function places(log: Log): Places {
  return { lastSequence: log.lastSequence, waitingCalls: log.stats().waitingCalls }
}
