import { join } from 'node:path'
import { openLog, type Log } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { ratioAtLeast, rowsOf, valueAtMost, type Row } from '../row.ts'
import { takeTurns, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(256).fill(7)
const crowd = 100
/** Commits of each turn: longer than tails are put off, so that they are served while the clock runs. */
const commitsPerTurn = 40

/** A log, and readers that follow it and do nothing with what they get. */
class Followed {
  readonly log: Log
  readonly #tails: number
  #seen = 0
  /** When the record of this number was acknowledged, in milliseconds. */
  readonly #acknowledgedAt: number[] = []
  /** From acknowledgement to delivery, of the first tail, in microseconds. */
  #latencies: number[] = []

  constructor(log: Log, tails: number) {
    this.log = log
    this.#tails = tails
    for (let tail = 0; tail < tails; tail += 1) void this.#follow(tail === 0)
  }

  /** Milliseconds for so many appends at once, again and again, each waiting for the last. */
  async append(callers: number): Promise<number> {
    return await timedWaiting(async () => {
      for (let commit = 0; commit < commitsPerTurn; commit += 1) {
        await Promise.all(Array.from({ length: callers }, () => this.#appendOne()))
      }
    })
  }

  /** Resolves when all tails have got everything: what is left over must not be charged to whose turn is next. */
  async caughtUp(): Promise<void> {
    while (this.#seen < this.#tails * this.log.lastSequence) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  takeLatencies(): readonly number[] {
    const taken = this.#latencies
    this.#latencies = []
    return taken
  }

  async #appendOne(): Promise<void> {
    const sequence = await this.log.append(payload)
    this.#acknowledgedAt[sequence] = performance.now()
  }

  async #follow(isTimed: boolean): Promise<void> {
    for await (const { sequence } of this.log.tail()) {
      this.#seen += 1
      if (isTimed) this.#latencies.push((performance.now() - (this.#acknowledgedAt[sequence] ?? NaN)) * 1000)
    }
  }
}

/** What readers cost the writer they follow, and when they get what it writes. */
export const tails: Measurement = { name: 'tails', run: measureTails }

async function measureTails({ directory, scale }: Place): Promise<readonly Row[]> {
  const logs = await Promise.all(['none', 'one', 'many'].map((name) => openLog(join(directory, name))))
  const [none, one, many] = logs.map((log, at) => new Followed(log, [0, 1, crowd][at] ?? 0)) as [
    Followed,
    Followed,
    Followed,
  ]
  const rows: Row[] = []
  for (const callers of [1, 64]) {
    const rate = (followed: Followed) => async (): Promise<number> => {
      const ms = await followed.append(callers)
      await followed.caughtUp()
      return (callers * commitsPerTurn) / (ms / 1000)
    }
    const samples = await takeTurns(scale.tailRounds, { none: rate(none), one: rate(one), many: rate(many) })
    const group = `${callers === 1 ? 'one durable append' : `${callers} durable appends`} at a time, 256 B, and tails`
    rows.push(
      ...rowsOf(group, 'records/s', 'rates', [
        { name: 'no tail', samples: samples.none },
        { name: '1 tail', samples: samples.one },
        { name: `${crowd} tails`, samples: samples.many, budget: ratioAtLeast(0.9) },
      ]),
    )
    const delivered = [
      { name: '1 tail', samples: one.takeLatencies(), budget: valueAtMost(100) },
      { name: `${crowd} tails`, samples: many.takeLatencies() },
    ].map((tail) => {
      return { ...tail, point: { plot: 'tail-latency', line: `${tail.name}, ${callers} at a time`, x: callers } }
    })
    rows.push(...rowsOf(`${group}: from acknowledgement to delivery`, 'µs', 'durations', delivered))
  }
  for (const { log } of [none, one, many]) await log.close()
  return rows
}
