import { join } from 'node:path'
import { Books, type Finding } from './books.ts'
import { cannotCut } from './cannot-cut.ts'
import { Child, type Course as CourseOfChild } from './child.ts'
import { look } from './look.ts'
import { LoopDisk, type Cut, type FileSystem } from './loop-disk.ts'
import type { WriterOrders } from './messages.ts'
import { drawOrders } from './orders.ts'
import { pick, seededRandom, type Random } from './random.ts'
import { Rounds } from './rounds.ts'
import type { RealContext, RealResult, RealScenario } from './scenario.ts'

/** Lives of one disk. Then a fresh one, so that reading the log through stays cheap. */
const livesMax = 10
const writingMsMax = 200
const openingMsMax = 150

/**
 * How a round goes. `writing`: the power fails under a writer; `opening`: while the log is opened. `killed`: the writer
 * is killed first, and nobody opens the log again; `restarted`: somebody does, and appends nothing.
 */
type Course = 'writing' | 'opening' | 'killed' | 'restarted'

/** Of ten rounds. */
const courses = [
  'writing', 'writing', 'writing', 'writing', 'writing', 'opening', 'opening', 'killed', 'restarted', 'restarted',
] as const satisfies readonly Course[]

function powerLossOn(fileSystem: FileSystem, cut: Cut): RealScenario {
  const name = `power-loss-${fileSystem}`
  return {
    name,
    proves: `power loss on ${fileSystem}: nothing acknowledged (sync, group), covered (async) or exposed is lost`,
    unavailable: () => cannotCut(fileSystem, cut),
    run: (context) => run(name, fileSystem, cut, context),
  }
}

/** btrfs has no ioctl to shut it down in the kernels that are in use. */
export const powerLosses: readonly RealScenario[] = [
  powerLossOn('ext4', 'ioctl'),
  powerLossOn('xfs', 'ioctl'),
  powerLossOn('btrfs', 'frozen-copy'),
]

async function run(name: string, fileSystem: FileSystem, cut: Cut, context: RealContext): Promise<RealResult> {
  const rounds = new Rounds(name, context)
  const random = seededRandom(context.seed)
  while (rounds.goOn) {
    const disk = new LoopDisk(fileSystem, rounds.directory('disk'), cut)
    try {
      disk.mount()
      await oneDisk(disk, context, rounds, random)
    } finally {
      disk.remove()
    }
  }
  return rounds.result()
}

/** One log on one disk through its power cuts. Ends early at a broken promise. */
async function oneDisk(disk: LoopDisk, context: RealContext, rounds: Rounds, random: Random): Promise<void> {
  const directory = join(disk.point, 'log')
  const books = new Books(context.seed)
  const lie = context.dishonest === true ? 'syncs-nothing' : 'none'
  for (let life = 1; life <= livesMax && rounds.goOn; life += 1) {
    rounds.begin()
    const orders = drawOrders(random, { directory, seed: context.seed, life: 2 * life - 1, lie })
    const course = pick(random, courses)
    const delayMs = random() * (course === 'opening' ? openingMsMax : writingMsMax)
    const findings = await cutUnder(disk, course, delayMs, orders, books, rounds)
    rounds.count('powerCuts')
    rounds.count(course)
    rounds.preserve(directory)
    const told = books.describe()
    // The others leave it to the next writer, which finds what nobody has looked at, and may be cut off over it.
    if (random() < 0.6 || life === livesMax) {
      const found = await look(directory, books, { readOnly: false, rebooted: true })
      if (found.recovery !== undefined) rounds.count(`opened by ${found.recovery.row ?? 'created'}`)
      findings.push(...found.findings)
    }
    const moment = `${course}, power cut after ${delayMs.toFixed(1)} ms, ${orders.durability} mode`
    if (!rounds.judge(findings, directory, `${moment}, the disk's life ${life}; ${told}`)) break
  }
  rounds.addRecords(books.acknowledgements)
}

/** One round up to the moment when the power is back. */
async function cutUnder(
  disk: LoopDisk,
  course: Course,
  delayMs: number,
  orders: WriterOrders,
  books: Books,
  rounds: Rounds,
): Promise<Finding[]> {
  const findings: Finding[] = []
  let child = new Child(orders, books, rounds.compileCache)
  try {
    if (course !== 'opening') await child.opened
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    if (course === 'killed' || course === 'restarted') {
      findings.push(...judge(await child.kill(), 'kill', rounds))
      books.ended('process')
    }
    if (course === 'restarted') {
      child = new Child({ ...orders, life: orders.life + 1, records: 0 }, books, rounds.compileCache)
      await child.opened
    }
    disk.cut(() => { child.strike() })
  } finally {
    findings.push(...judge(await child.kill(), 'cut', rounds))
  }
  books.ended('power')
  disk.plugIn()
  return findings
}

/** Before the cut nothing may fail; after it everything may, if it says so. */
function judge(course: CourseOfChild, end: 'kill' | 'cut', rounds: Rounds): Finding[] {
  if (course.row !== undefined) rounds.count(`opened by ${course.row}`)
  const promised = end === 'cut' ? 'every failure is a VarveError' : 'nothing fails on a disk that works'
  const failures = course.failures.filter(({ code }) => end === 'kill' || code === undefined)
  return [...course.findings, ...failures.map(({ doing, message }) => ({ promised, found: `${doing}: ${message}` }))]
}
