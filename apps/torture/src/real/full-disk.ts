import { join } from 'node:path'
import { Books, type Finding } from './books.ts'
import { Child, type Course } from './child.ts'
import { look } from './look.ts'
import type { WriterOrders } from './messages.ts'
import { drawOrders } from './orders.ts'
import { pick, seededRandom, type Random } from './random.ts'
import { Rounds } from './rounds.ts'
import type { RealContext, RealResult, RealScenario } from './scenario.ts'
import { smallDisks, type SmallDisk } from './small-disk.ts'

const KiB = 1024
const pageBytes = 4096
/** The smallest are full before there is a log, small ones while the first segments are born, large ones anywhere. */
const diskBytesMin = 4 * KiB
const diskBytesMax = 1024 * KiB
/** More than any of these disks can hold. */
const tooMany = 10_000

export const fullDisk: RealScenario = {
  name: 'small-disk',
  proves: 'a full disk is told as NO_SPACE, what was acknowledged stays readable, and with room the log goes on',
  unavailable: () => (smallDisks().makers.length === 0 ? smallDisks().reasons.join('; ') : undefined),
  run,
}

async function run(context: RealContext): Promise<RealResult> {
  const rounds = new Rounds(fullDisk.name, context)
  const random = seededRandom(context.seed)
  const { makers, reasons } = smallDisks()
  for (const reason of reasons) rounds.note(`a kind of disk was left out: ${reason}`)
  const [first, ...others] = makers
  while (rounds.goOn && first !== undefined) {
    rounds.begin()
    const make = pick(random, [first, ...others])
    const bytes = Math.floor((diskBytesMin + random() ** 3 * (diskBytesMax - diskBytesMin)) / pageBytes) * pageBytes
    const disk = make(rounds.directory('disk'), bytes)
    try {
      await fillOne(disk, bytes, context, rounds, random)
    } finally {
      disk.remove()
    }
  }
  return rounds.result()
}

/** Fills a disk, looks at it full, makes room, looks again, and goes on. */
async function fillOne(
  disk: SmallDisk,
  bytes: number,
  context: RealContext,
  rounds: Rounds,
  random: Random,
): Promise<void> {
  const directory = join(disk.point, 'log')
  const { seed } = context
  const books = new Books(seed)
  const lie = context.dishonest === true ? 'hides-errors' : 'none'
  const orders: WriterOrders = { ...drawOrders(random, { directory, seed, life: 1, lie }), records: tooMany }
  const course = await new Child(orders, books, rounds.compileCache).ended
  books.ended('process')
  const told = books.describe()
  rounds.count(`full ${disk.kind}`)
  if (!course.opened) rounds.count('refusedToOpen')
  const findings = [...course.findings, ...judgeFull(course)]
  findings.push(...(await look(directory, books, { readOnly: true })).findings)
  if (random() < 0.5) {
    const { last } = await look(directory, books, { readOnly: false, mayRefuse: 'NO_SPACE' })
    rounds.count(last === undefined ? 'refusedWhileFull' : 'openedWhileFull')
    findings.push(...(await look(directory, books, { readOnly: true })).findings)
  }
  disk.makeRoom()
  if (random() < 0.5) findings.push(...(await look(directory, books, { readOnly: false })).findings)
  const next = await new Child({ ...orders, life: 2, records: 200, lie: 'none' }, books, rounds.compileCache).ended
  books.ended('process')
  findings.push(...next.findings, ...judgeGoingOn(next))
  findings.push(...(await look(directory, books, { readOnly: false })).findings)
  const failures = course.failures.map(({ doing, message }) => `${doing}: ${message.slice(0, 120)}`).join(' | ')
  const where = `${disk.kind} with ${bytes / KiB} KiB, ${orders.durability} mode, segments of ${orders.segmentBytes}`
  rounds.preserve(directory)
  rounds.judge(findings, directory, `${where}; told [${failures}]; ${told}`)
  rounds.addRecords(books.acknowledgements)
}

/** Whoever appends hears that the disk is full; the first to hear is told why. */
function judgeFull({ failures, opened }: Course): Finding[] {
  const [first] = failures
  const promised = 'a full disk is told as NO_SPACE, by itself or as the cause of POISONED'
  if (first === undefined) return [{ promised, found: `no call failed, of ${tooMany} records` }]
  const codes = opened ? [first.code, first.causeCode] : [undefined, first.code]
  const isTold = codes[1] === 'NO_SPACE' && (!opened || codes[0] === 'POISONED')
  const others = failures.filter(({ code }) => code !== 'POISONED' && code !== 'NO_SPACE')
  const wrong = isTold ? others : [first, ...others]
  return wrong.map(({ doing, message }) => ({ promised, found: `${doing}: ${message}` }))
}

function judgeGoingOn({ failures, closed }: Course): Finding[] {
  if (failures.length === 0 && closed) return []
  const found = failures.map(({ doing, message }) => `${doing}: ${message}`).join('; ')
  return [{ promised: 'with room the log goes on', found: found === '' ? 'it was never closed' : found }]
}
