import { seededRandom, type Random } from '@varve/dst'
import { describe, expect, it } from 'vitest'
import type { FailedSync } from '../support/crash-content.ts'
import { Counterexample } from '../support/crash-explorer.ts'
import type { LogVariant, Step } from '../support/crash-life.ts'
import { afterPowerLoss } from '../support/crash-outcomes.ts'
import { copyOf, live, nothing, type CrashPoint, type CrashState, type Faults } from '../support/crash-points.ts'

const livesOfALog = 10

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.below(from.length)] as T
}

/** Each process may open the log in another way than the one before. */
function variant(random: Random): LogVariant {
  return {
    durability: pick(random, ['sync', 'group', 'async'] as const),
    commitAlignment: pick(random, ['frame', 'frame', 'frame', 'block'] as const),
    segmentBytes: pick(random, [4096, 4096, 6144, 8192]),
    blockBytes: pick(random, [128, 128, 256, 512]),
  }
}

function someSteps(random: Random): Step[] {
  return Array.from({ length: random.below(7) }, () => {
    const size = (): number => random.below(random.below(3) === 0 ? 1400 : 200)
    return pick<Step>(random, [
      { do: 'append', bytes: size() },
      { do: 'append', bytes: size() },
      { do: 'batch', bytes: [random.below(300), random.below(300), random.below(300)] },
      { do: 'enqueue', bytes: size() },
      { do: 'sync' },
      { do: 'reopen' },
    ])
  })
}

/** At most one operation of a process goes wrong. */
function someFault(random: Random): Faults {
  const number = random.below(60)
  const outcome = pick<FailedSync>(random, ['clean', 'clean', 'reverts', 'dirty'])
  const landedBytes = random.below(200)
  const others = [{ kind: 'io-although-done' }, { kind: 'io', landedBytes }, { kind: 'no-space', landedBytes }] as const
  const other = pick(random, others)
  return (operation, at) => {
    if (at !== number) return undefined
    return operation.kind === 'sync' ? { kind: 'failed-sync', outcome } : other
  }
}

/** One of the disks that the end of a process may leave. */
function someEnd(random: Random, point: CrashPoint, seed: number): CrashState {
  if (random.below(3) === 0) return copyOf(point)
  const { books } = copyOf(point)
  books.losePower()
  const holes = pick(random, ['zeros', 'garbage'] as const)
  const images = [...afterPowerLoss(point.disk, { limit: 24, holes, tornSectors: random.below(2) === 0, seed })]
  return { disk: pick(random, images), books, lives: point.lives }
}

/** Lets one process after another use a log, each of which dies somewhere; returns the rows that decided. */
function liveAndDie(seed: number): string[] {
  const random = seededRandom(seed)
  const rows: string[] = []
  const path = [`seed ${seed}`]
  let state = nothing()
  for (let life = 0; life < livesOfALog; life += 1) {
    const beginning = { variant: variant(random), extras: random.below(2) === 0, steps: someSteps(random) }
    const verify = pick(random, ['seals', 'all'] as const)
    path.push(JSON.stringify(beginning))
    try {
      const course = live({ ...state, ...beginning, verify, faults: someFault(random), notedFrom: -1 })
      rows.push(...course.rows)
      const point = course.faults > 0 ? course.points.at(-1) : pick(random, course.points)
      path.push(point?.at ?? '')
      state = someEnd(random, point as CrashPoint, seed + life)
    } catch (error) {
      throw new Counterexample(path, error)
    }
  }
  return rows
}

const rowsOfCrashes = [
  'last.clean-end',
  'last.clean-shutdown',
  'last.interrupted-rotation',
  'last.torn-batch',
  'last.torn-tail',
]

describe('a log that one process after another opens as it likes, each of which dies or fails somewhere', () => {
  it('keeps what was promised, whatever the geometry, mode and device of each', () => {
    const rows = new Set<string>()
    for (let seed = 1; seed <= 200; seed += 1) for (const row of liveAndDie(seed)) rows.add(row)
    expect([...rows]).toEqual(expect.arrayContaining(rowsOfCrashes))
  })
})
