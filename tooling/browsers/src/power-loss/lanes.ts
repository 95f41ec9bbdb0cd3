import { setTimeout as pause } from 'node:timers/promises'
import { pick, type Random } from '../../../../apps/torture/src/real/random.ts'
import type { BrowserName } from '../driver/find.ts'
import type { Job } from '../driver/tab.ts'
import { Books } from '../scenarios/books.ts'
import { acknowledgements } from '../scenarios/wait.ts'
import { Machine } from './machine.ts'
import { cutUnder, startWriter, type Life } from './one-cut.ts'
import type { Condition, Round } from './round.ts'

/** Chromium was measured to take about 40 s for its names; the pool believes in them from 60 s on. Milliseconds. */
const oldMs = 70_000
const youngMsMax = 20_000
const writingMsMax = 3000
/** Power losses of one disk; then another one grows old. */
const livesMax = 8
/** While a pool grows old, hardly anything is appended: nothing is reclaimed before. Milliseconds. */
const youngPauseMs = 3000

export interface Lane {
  readonly browser: BrowserName
  readonly scripts: ReadonlyMap<string, Uint8Array>
  readonly rounds: number
  readonly random: Random
  readonly done: (round: Round) => void
}

/** So many power losses under one condition. */
export const lanes: Readonly<Record<Condition, (lane: Lane) => Promise<void>>> = { old, young, naive }

/** One log lives through several of them. Its pool grows old once, and is known to be so from then on. */
async function old({ browser, scripts, rounds, random, done }: Lane): Promise<void> {
  for (let left = rounds; left > 0; ) {
    await Machine.with(browser, scripts, async (machine) => {
      const books = new Books()
      for (let number = 1; number <= livesMax && left > 0; number += 1) {
        const life: Life = { condition: 'old', directory: 'power/log', books, number, durability: modeOf(random) }
        const writer = await startWriter(machine, life, { youngPauseMs })
        if (namesOf(writer) !== 'device') await growOld(writer)
        const round = await cutUnder(machine, writer, life, random() * writingMsMax)
        left -= 1
        done(round)
        if (round.outcome !== 'kept') return
      }
    })
  }
}

async function growOld(writer: Job): Promise<void> {
  await pause(oldMs)
  const names = namesOf(writer)
  if (names !== 'device') throw new Error(`after ${oldMs} ms the storage still says of names: ${names}`)
}

function namesOf({ inbox }: Job): string {
  return String(inbox.all('names').at(-1))
}

/** Each on a disk of its own. */
async function young({ browser, scripts, rounds, random, done }: Lane): Promise<void> {
  for (let number = 1; number <= rounds; number += 1) {
    await Machine.with(browser, scripts, async (machine) => {
      const durability = modeOf(random)
      const life: Life = { condition: 'young', directory: 'power/log', books: new Books(), number, durability }
      const writer = await startWriter(machine, life)
      await acknowledgements(writer.inbox, 20)
      done(await cutUnder(machine, writer, life, random() * youngMsMax))
    })
  }
}

/** One disk with a log for each of them, all of which grow old first. */
async function naive({ browser, scripts, rounds, random, done }: Lane): Promise<void> {
  await Machine.with(browser, scripts, async (machine) => {
    const lives: Life[] = []
    for (let number = 1; number <= rounds; number += 1) {
      const life: Life = {
        condition: 'naive',
        directory: `naive/${number}`,
        books: new Books(),
        number,
        durability: modeOf(random),
      }
      const writer = await startWriter(machine, life)
      await acknowledgements(writer.inbox, 20)
      await writer.terminate()
      life.books.addAll(writer.inbox)
      lives.push({ ...life, number: number + rounds })
    }
    await pause(oldMs)
    for (const life of lives) {
      const writer = await startWriter(machine, life)
      await acknowledgements(writer.inbox, 20)
      done(await cutUnder(machine, writer, life, random() * writingMsMax))
    }
  })
}

function modeOf(random: Random): 'sync' | 'group' {
  return pick(random, ['sync', 'sync', 'group'])
}
