import { Books } from './books.ts'
import { Child, type Course } from './child.ts'
import { look } from './look.ts'
import type { WriterOrders } from './messages.ts'
import { drawOrders } from './orders.ts'
import { seededRandom, type Random } from './random.ts'
import { Rounds } from './rounds.ts'
import type { RealContext, RealResult, RealScenario } from './scenario.ts'

/** Lives of one log. Then a fresh one, so that reading it through stays cheap. */
const livesMax = 12
const writingMsMax = 250
/** The share of writers that are killed while they start and recover. */
const openingShare = 0.25
/** Of the others, the share that first acknowledges something, however long this takes. */
const answeringShare = 0.6

export const killNine: RealScenario = {
  name: 'kill-9',
  proves: 'a killed process loses nothing that was acknowledged, in any mode, and what is left is an exact prefix',
  unavailable: () => (process.platform === 'win32' ? 'there is no SIGKILL on Windows' : undefined),
  run,
}

async function run(context: RealContext): Promise<RealResult> {
  const rounds = new Rounds(killNine.name, context)
  const random = seededRandom(context.seed)
  while (rounds.goOn) await oneLog(context, rounds, random)
  return rounds.result()
}

/** One log through its lives. Ends early at a broken promise: what comes after one says little. */
async function oneLog(context: RealContext, rounds: Rounds, random: Random): Promise<void> {
  const directory = rounds.directory('log')
  const books = new Books(context.seed)
  let openingMs = 150
  for (let life = 1; life <= livesMax && rounds.goOn; life += 1) {
    rounds.begin()
    const lie = context.dishonest === true ? 'acknowledges-early' : 'none'
    const orders = drawOrders(random, { directory, seed: context.seed, life, lie })
    const { course, how } = await killOne(orders, books, rounds, random, openingMs)
    if (course.opened) openingMs = course.openingMs
    const findings = [...course.findings]
    for (const { doing, message } of course.failures) {
      findings.push({ promised: 'nothing fails on a disk that works', found: `${doing}: ${message}` })
    }
    books.ended('process')
    rounds.preserve(directory)
    const told = books.describe()
    const outlook = life === livesMax ? 0.9 : random()
    // The others leave it to the next writer, which finds what nobody has looked at.
    if (outlook > 0.3) findings.push(...(await look(directory, books, { readOnly: outlook < 0.6 })).findings)
    if (!rounds.judge(findings, directory, `${how}, life ${life}; ${told}`)) break
  }
  rounds.addRecords(books.acknowledgements)
}

async function killOne(
  orders: WriterOrders,
  books: Books,
  rounds: Rounds,
  random: Random,
  openingMs: number,
): Promise<{ course: Course; how: string }> {
  const isOpening = random() < openingShare
  // Most kills come early, when little but the opening lies behind the writer.
  const share = random()
  const delayMs = isOpening ? share * openingMs * 1.1 : share * share * writingMsMax
  const child = new Child(orders, books, rounds.compileCache)
  const isAnswering = !isOpening && random() < answeringShare
  if (!isOpening) await (isAnswering ? child.acknowledged : child.opened)
  await new Promise((resolve) => setTimeout(resolve, delayMs))
  const course = await child.kill()
  rounds.count('kills')
  if (!course.opened) rounds.count('killsWhileOpening')
  if (course.row !== undefined) rounds.count(`opened by ${course.row}`)
  const face = orders.synchronous ? 'synchronous' : `${orders.producers} producers`
  const since = isAnswering ? 'its first answer' : isOpening ? 'its start' : 'it opened the log'
  const moment = `${delayMs.toFixed(1)} ms after ${since}`
  return { course, how: `writer in ${orders.durability} mode, ${face}, killed ${moment}` }
}
