import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError, type TortureArguments } from '../arguments.ts'
import type { TortureCase } from '../cases/case.ts'
import { tortureCases } from '../cases/cases.ts'
import { playCase } from '../cases/run-case.ts'
import { runRealScenarios, type RealReport } from '../real/run.ts'
import type { FullReport } from '../report/full-report.ts'
import { htmlReport } from '../report/html.ts'
import { realLines, zooLine, zooLines } from '../report/other-lines.ts'
import { failureLines, summaryLines } from '../report/terminal.ts'
import { zooTable } from '../zoo/table.ts'
import { runZoo, type MutantResult, type ZooReport } from '../zoo/zoo.ts'
import { Meter, type Screen } from './meter.ts'
import { parseReplay } from './replay.ts'
import { torture, type TortureReport } from './torture.ts'

/** Seconds of a run that is long enough to be held to its probes. */
const standardSeconds = 30

/** Does what the arguments say. Whether everything held. */
export async function run(args: TortureArguments, screen: Screen, signal: AbortSignal): Promise<boolean> {
  const print = (lines: readonly string[]): void => { for (const line of lines) screen.write(`${line}\n`) }
  if (args.replay !== undefined) return await replay(args.replay, print)
  const cases = selected(args)
  if (args.list) {
    print(cases.map(({ name, looksFor }) => `${name.padEnd(44)} ${looksFor}`))
    return true
  }
  const meter = new Meter(screen)
  const simulated = args.seconds > 0 ? await simulate(args, cases, meter, signal) : undefined
  if (simulated !== undefined) print([...simulated.failures.flatMap(failureLines), '', ...summaryLines(simulated)])
  const progress = (result: MutantResult): void => { meter.say(zooLine(result)) }
  const zoo = args.zoo ? await runZoo({ table: args.table, progress }) : undefined
  meter.end()
  if (zoo !== undefined) print(zooLines(zoo))
  const real = args.real ? await onRealDisks(args, meter, signal) : undefined
  if (real !== undefined) print(realLines(real))
  const complaints = complaintsOf(args, simulated, zoo, real)
  const machine = `Node ${process.version}, ${process.platform} ${process.arch}`
  const report = { machine, simulated, zoo, real, isGreen: complaints.length === 0, complaints }
  if (args.report !== undefined) save(args.report, report)
  print(complaints.map((text) => `not green: ${text}`))
  return report.isGreen
}

async function simulate(
  args: TortureArguments,
  cases: readonly TortureCase[],
  meter: Meter,
  signal: AbortSignal,
): Promise<TortureReport> {
  // The clock is taken away while a case runs; the torture itself keeps a hand on it.
  const now = performance.now.bind(performance)
  const { seconds, seed, exhaustive } = args
  const isInterrupted = (): boolean => signal.aborted
  const progress = meter.progress(now)
  const report = await torture({ cases, seconds, seed, exhaustive, now, progress, isInterrupted })
  meter.end()
  return report
}

async function onRealDisks(args: TortureArguments, meter: Meter, signal: AbortSignal): Promise<RealReport> {
  const directory = mkdtempSync(join(tmpdir(), 'varve-real-'))
  const onProgress = (scenario: string, text: string): void => { meter.say(`${scenario}: ${text}`) }
  const { seed, seconds } = args
  try {
    return await runRealScenarios({ seconds: Math.max(seconds, 1), seed, directory, signal, onProgress })
  } finally {
    meter.end()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function replay(text: string, print: (lines: readonly string[]) => void): Promise<boolean> {
  const { what, tape } = parseReplay(text)
  const violation = await playCase(what, tape, (line) => { print([line]) })
  print([violation === undefined ? 'no promise was broken' : `BROKEN: ${violation}`])
  return violation === undefined
}

function selected({ storage, durability, profile, only }: TortureArguments): readonly TortureCase[] {
  const cases = tortureCases.filter(
    (each) =>
      (storage === undefined || each.storage === storage) &&
      (durability === undefined || each.durability === durability) &&
      (profile === undefined || each.profile === profile) &&
      (only === undefined || only.test(each.name)),
  )
  if (cases.length === 0) throw new UsageError('no case is like that; --list names them all')
  return cases
}

function complaintsOf(
  args: TortureArguments,
  simulated: TortureReport | undefined,
  zoo: ZooReport | undefined,
  real: RealReport | undefined,
): string[] {
  const complaints: string[] = []
  const broken = simulated?.failures.length ?? 0
  if (broken > 0) complaints.push(`${broken} cases broke a promise`)
  const isStandard = selected(args).length === tortureCases.length && args.seconds >= standardSeconds
  const missed = isStandard ? (simulated?.missedProbes ?? []) : []
  if (missed.length > 0) complaints.push(`never reached, so nothing is proven there: ${missed.join(', ')}`)
  if (zoo !== undefined) complaints.push(...complaintsOfZoo(zoo))
  for (const { name, violations } of real?.ran ?? []) {
    if (violations.length > 0) complaints.push(`${name}: ${violations.length} promises broken`)
  }
  for (const { name, reason } of real?.aborted ?? []) complaints.push(`${name} could not be carried out: ${reason}`)
  return complaints
}

function complaintsOfZoo({ missed, canary, unmutated }: ZooReport): string[] {
  const complaints: string[] = []
  if (missed.length > 0) complaints.push(`mutants that nothing caught: ${missed.join(', ')}`)
  if (canary !== 'caught') complaints.push(`the canary is ${canary}: what the zoo says means nothing`)
  if (unmutated !== 'clean') {
    complaints.push(`${unmutated.case} found something in the code as it is: ${unmutated.violation}`)
  }
  return complaints
}

function save(directory: string, report: FullReport): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`)
  writeFileSync(join(directory, 'report.html'), htmlReport(report))
  if (report.zoo !== undefined) writeFileSync(join(directory, 'zoo.md'), zooTable(report.zoo))
}
