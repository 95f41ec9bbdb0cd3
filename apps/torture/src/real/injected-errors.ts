import { cpSync } from 'node:fs'
import type { Durability } from '@varve/segments'
import { Books, type Finding } from './books.ts'
import { Child, type Course } from './child.ts'
import { look } from './look.ts'
import type { WriterOrders } from './messages.ts'
import { seededRandom, shuffled, type Random } from './random.ts'
import { Rounds } from './rounds.ts'
import type { RealContext, RealResult, RealScenario } from './scenario.ts'
import { mayNotInject, Shim, type Fault, type Injection, type TracedCall } from './shim.ts'

/** Enough that the writer rotates several times. */
const records = 64

export const injectedErrors: RealScenario = {
  name: 'injected-errors',
  proves: 'whichever system call of a real process fails, it says so, loses nothing acknowledged, and damages nothing',
  unavailable: mayNotInject,
  run,
}

/** What the writer does in whose calls the errors are put. */
interface Workload {
  readonly durability: Durability
  readonly synchronous: boolean
  /** It finds a log whose writer was killed, and has to recover it first. */
  readonly onCrashed: boolean
}

const workloads: readonly Workload[] = [
  { durability: 'sync', synchronous: false, onCrashed: false },
  { durability: 'group', synchronous: false, onCrashed: true },
  { durability: 'async', synchronous: false, onCrashed: false },
  { durability: 'sync', synchronous: true, onCrashed: true },
]

interface Case {
  readonly workload: Workload
  readonly injection: Injection
}

const writeCalls: ReadonlySet<string> = new Set(['write', 'pwrite'])

/** What may happen to a call. Less than asked happens to writes only; a reading process needs no room. */
function faultsOf({ name }: TracedCall): Fault[] {
  if (writeCalls.has(name)) return ['EIO', 'ENOSPC', 'short', 'half']
  if (name === 'open') return ['EIO', 'ENOSPC', 'EMFILE']
  return name === 'pread' || name === 'scandir' ? ['EIO'] : ['EIO', 'ENOSPC']
}

/** The writer, the logs that it finds, and the shim. */
interface Bench {
  readonly context: RealContext
  readonly rounds: Rounds
  readonly shim: Shim
  /** A log whose writer was killed, and the books of it. */
  readonly crashed: { readonly directory: string; readonly books: Books }
}

async function run(context: RealContext): Promise<RealResult> {
  const rounds = new Rounds(injectedErrors.name, context)
  const random = seededRandom(context.seed)
  const crashed = await crashedLog(context, rounds)
  const bench: Bench = { context, rounds, shim: new Shim(context.directory), crashed }
  const cases: Case[] = []
  for (const workload of workloads) cases.push(...(await casesOf(workload, bench, random)))
  let tried = 0
  for (const one of shuffled(random, cases)) {
    if (!rounds.goOn) break
    await tryOne(one, bench)
    tried += 1
  }
  rounds.note(`${tried} of ${cases.length} cases: every call of ${workloads.length} workloads, with each of its errors`)
  return rounds.result()
}

/** What a killed writer left: records that are written and not synced. */
async function crashedLog(context: RealContext, rounds: Rounds): Promise<Bench['crashed']> {
  const directory = rounds.directory('crashed-log')
  const books = new Books(context.seed)
  const orders = ordersFor({ durability: 'async', synchronous: false, onCrashed: false }, directory, context, 1)
  const child = new Child({ ...orders, records: undefined, lie: 'none' }, books, rounds.compileCache)
  await child.opened
  await new Promise((resolve) => setTimeout(resolve, 15))
  await child.kill()
  books.ended('process')
  return { directory, books }
}

function ordersFor(workload: Workload, directory: string, context: RealContext, life: number): WriterOrders {
  const { durability, synchronous } = workload
  const { seed } = context
  // A lie is told through promises only.
  const lie = context.dishonest === true && !synchronous ? 'hides-errors' : 'none'
  const geometry = { segmentBytes: 4096, blockBytes: 128 }
  return { directory, seed, life, durability, synchronous, producers: 4, ...geometry, records, lie }
}

interface Tried {
  readonly directory: string
  readonly books: Books
  readonly course: Course
  readonly calls: readonly TracedCall[]
}

/** Runs the workload in a directory of its own. */
async function perform(workload: Workload, bench: Bench, injection: Injection | undefined): Promise<Tried> {
  const { context, rounds, shim, crashed } = bench
  const directory = rounds.directory('log')
  if (workload.onCrashed) cpSync(crashed.directory, directory, { recursive: true })
  const books = workload.onCrashed ? crashed.books.clone() : new Books(context.seed)
  const orders = ordersFor(workload, directory, context, 2)
  const child = new Child(orders, books, rounds.compileCache, shim.environment(directory, injection))
  const course = await child.ended
  // The shim refuses calls; what was written before stays written.
  books.ended('process')
  return { directory, books, course, calls: shim.trace() }
}

/** Runs the workload once on a disk that works, to know its calls. */
async function casesOf(workload: Workload, bench: Bench, random: Random): Promise<Case[]> {
  const { calls } = await perform(workload, bench, undefined)
  return calls.flatMap((call) =>
    faultsOf(call).map((fault) => {
      return { workload, injection: { at: call.number, fault, goesOn: random() < 0.3 } }
    }),
  )
}

async function tryOne({ workload, injection }: Case, bench: Bench): Promise<void> {
  const { rounds } = bench
  rounds.begin()
  const { directory, books, course, calls } = await perform(workload, bench, injection)
  rounds.preserve(directory)
  const hit = calls.filter(({ outcome }) => outcome !== 'done')
  rounds.count('injectedErrors', hit.length)
  // Group commits and spares depend on the moment: the last calls of one run may be missing in the next.
  if (hit.length === 0) rounds.count('notReached')
  const told = course.failures.length > 0 ? 'told' : 'passed over'
  for (const kind of new Set(hit.map(kindOf))) rounds.count(`${kind} ${told}`)
  const findings = [...course.findings, ...judgeFailures(course, hit)]
  // A synchronous log has no one to tell but the next caller, and closing has none.
  if (!workload.synchronous) findings.push(...judgeSilence(course, hit))
  const state = books.describe()
  findings.push(...(await look(directory, books, { readOnly: true })).findings)
  // Twice: what a recovery makes of it, and what that one left.
  findings.push(...(await look(directory, books, { readOnly: false })).findings)
  findings.push(...(await look(directory, books, { readOnly: false })).findings)
  const failures = course.failures.map(({ doing, message }) => `${doing}: ${message.slice(0, 120)}`).join(' | ')
  const where = `${describeInjection(injection, hit[0])}, in ${JSON.stringify(workload)}`
  rounds.judge(findings, directory, `${where}; told [${failures}]; ${state}`)
  rounds.addRecords(books.acknowledgements)
}

function describeInjection({ fault, at, goesOn }: Injection, hit: TracedCall | undefined): string {
  const call = hit === undefined ? 'which was not reached' : kindOf(hit)
  return `${fault} at call ${at}, ${call}${goesOn ? ', and all such calls after it' : ''}`
}

/** The call, and on what: `fdatasync of a spare`. */
function kindOf({ name, file }: TracedCall): string {
  const segment = file.startsWith('spare-') ? 'spare' : 'segment'
  const what = file.endsWith('.varve') ? segment : file.slice(0, 4)
  return `${name} of a ${what}`
}

const ofPromises: ReadonlySet<string> = new Set(['fdatasync', 'fsync', 'pwrite'])

/**
 * Of what is prepared ahead, a failure costs time only; every other write and sync is somebody's promise. A write that
 * failed behind half of one is tried once more, and may have gone well then.
 */
function judgeSilence({ failures }: Course, hit: readonly TracedCall[]): Finding[] {
  if (failures.length > 0 || hit.some(({ outcome }) => outcome === 'short')) return []
  const call = hit.find(({ name, file }) => ofPromises.has(name) && !/^(spare|lock)-/.test(file))
  if (call === undefined) return []
  const found = `nobody was told of call ${call.number}, ${kindOf(call)}`
  return [{ promised: 'a write or sync that failed is told', found }]
}

/** How a call of the system that failed may be told. */
const honestCodes: ReadonlySet<string> = new Set(['POISONED', 'IO', 'NO_SPACE'])

function judgeFailures({ failures }: Course, hit: readonly TracedCall[]): Finding[] {
  // Asked to make a directory, Node tells of some errors as of what it finds then, which is nothing.
  const isMkdir = hit.some(({ name }) => name === 'mkdir')
  const mayFail = hit.some(({ outcome }) => outcome === 'failed')
  return failures.flatMap(({ doing, code, message }) => {
    const found = `${doing}: ${message}`
    if (!mayFail) return [{ promised: 'a write that moves half of its bytes is continued, not a failure', found }]
    if (code !== undefined && (honestCodes.has(code) || (isMkdir && code === 'NOT_FOUND'))) return []
    return [{ promised: `a failed call is told as ${[...honestCodes].join(', ')}`, found }]
  })
}
