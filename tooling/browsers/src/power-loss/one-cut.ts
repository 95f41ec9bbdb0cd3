import { setTimeout as pause } from 'node:timers/promises'
import type { Job, Tab } from '../driver/tab.ts'
import type { ReaderOrders } from '../inside/reader.ts'
import type { WriterOrders } from '../inside/writer.ts'
import type { Books, ReadReport } from '../scenarios/books.ts'
import { readerOrders, readerScript, writerOrders, writerScript } from '../scenarios/orders.ts'
import type { Machine } from './machine.ts'
import type { Condition, Outcome, Round } from './round.ts'

/** Small: a segment lasts for some dozens of records. */
const segmentBytes = 16 * 1024
/**
 * Large enough for all that is not reclaimed: a pool that has to grow has young files, and nothing is reclaimed then,
 * so that it has to grow again.
 */
const poolSize = 24
const keep = 60
/** Of a life of the browser. */
const producersOfLife = 10

/** One log, through its power losses. */
export interface Life {
  readonly condition: Condition
  readonly directory: string
  readonly books: Books
  /** From 1. */
  readonly number: number
  readonly durability: 'sync' | 'group'
}

/** Starts appending, in a tab of its own. Resolves when the log is open. */
export async function startWriter({ browser }: Machine, life: Life, changes: Partial<WriterOrders> = {}): Promise<Job> {
  const tab = await browser.openTab()
  const writer = await tab.start(writerScript, writerOrders({ ...placeOf(life), ...changes }))
  await writer.inbox.first('opened')
  return writer
}

function placeOf({ condition, directory, number, durability }: Life): Partial<WriterOrders & ReaderOrders> {
  const adapter = condition === 'naive' ? 'naive' : 'pool'
  const firstProducer = number * producersOfLife
  return { adapter, directory, poolSize, segmentBytes, durability, firstProducer, keep, waitMs: 10_000 }
}

/** Lets the writer go on for so long, cuts the power, and looks what is left. */
export async function cutUnder(machine: Machine, writer: Job, life: Life, delayMs: number): Promise<Round> {
  await pause(delayMs)
  refuseToGoOn(writer)
  await machine.cutPower()
  life.books.addAll(writer.inbox)
  const found = await look(await machine.browser.openTab(), life)
  return {
    browser: machine.browser.settings.name,
    condition: life.condition,
    durability: life.durability,
    names: String(writer.inbox.all('names').at(-1)),
    delayMs: Math.round(delayMs),
    acknowledged: writer.inbox.all('acknowledged').length,
    segmentsRemoved: (writer.inbox.all('reclaimed') as readonly number[]).reduce((sum, count) => sum + count, 0),
    ...found,
  }
}

/** Before the cut nothing may fail. */
function refuseToGoOn({ inbox }: Job): void {
  const [refused] = inbox.all('because') as readonly string[]
  if (refused !== undefined) throw new Error(`the writer failed before the power did: ${refused}`)
}

type Found = Pick<Round, 'outcome' | 'lost' | 'row' | 'segments' | 'detail'>

async function look(tab: Tab, life: Life): Promise<Found> {
  const { books } = life
  const producer = life.number * producersOfLife + producersOfLife - 1
  const reader = await tab.start(readerScript, readerOrders({ ...placeOf(life), producer }))
  let report: ReadReport & { readonly segments: number }
  try {
    report = (await reader.inbox.first('read')) as typeof report
  } catch (error) {
    return { outcome: 'unreadable', lost: books.acknowledged, row: '', segments: 0, detail: firstLine(error) }
  }
  await reader.terminate()
  const { lost, wrong } = books.compare(report)
  const { row, segments, records } = report
  const outcome = outcomeOf(lost.length, wrong, records.length)
  if (outcome === 'kept') books.adopt(report)
  return { outcome, lost: lost.length, row, segments, detail: wrong ?? lost.slice(0, 2).join('; ') }
}

function outcomeOf(lost: number, wrong: string | undefined, found: number): Outcome {
  if (wrong !== undefined) return 'false'
  if (lost === 0) return 'kept'
  return found === 0 ? 'gone' : 'lost'
}

function firstLine(error: unknown): string {
  return String(error).split('\n')[0]?.slice(0, 200) ?? ''
}
