// `pnpm bench`: measures the log beside the bare file system and its peers; a table, and JSON or a page on request.
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArguments, usage, UsageError, type BenchArguments } from './arguments.ts'
import { runBench, type Progress } from './bench.ts'
import { busyNote, describeMachine, machineLine } from './machine.ts'
import type { Measurement } from './measurement.ts'
import { measurementsOf } from './measurements.ts'
import { loadPeers } from './peers/load.ts'
import { plots } from './plots.ts'
import { terminalProgress } from './progress.ts'
import { writeHtml } from './report/html.ts'
import type { BenchResult } from './result.ts'
import { childFlags } from './runtime.ts'
import { full, quick, type Scale } from './scale.ts'
import { budgetText, table } from './table.ts'

async function main(): Promise<void> {
  const args = parseArguments(process.argv.slice(2))
  const scale = args.quick ? quick : full
  const measurements = measurementsOf(scale).filter(({ name }) => args.filter?.test(name) ?? true)
  if (measurements.length === 0) throw new UsageError('no measurement has a name that matches; see --list')
  if (args.list) {
    process.stdout.write(measurements.map(({ name }) => `${name}\n`).join(''))
    return
  }
  const result = await measure(args, scale, measurements)
  process.stdout.write(`${machineLine(result.machine)}\n\n${table(result.results)}\n${budgetText(result.results)}`)
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(result, null, 2)}\n`)
  if (args.html !== undefined) writeHtml(result, args.html)
}

async function measure(
  { directory, filter }: BenchArguments,
  scale: Scale,
  measurements: readonly Measurement[],
): Promise<BenchResult> {
  const progress: Progress = terminalProgress((text) => process.stderr.write(text))
  const { peers, missing } = await loadPeers()
  for (const { name, reason } of missing) progress.warn(`${name} is not compared with: ${reason}`)
  if (directory !== undefined) mkdirSync(directory, { recursive: true })
  const machine = describeMachine(directory ?? tmpdir(), scale.name)
  const note = busyNote(machine)
  if (note !== undefined) progress.warn(note)
  const began = new Date()
  const results = await runBench({ scale, measurements, peers, directory, flags: childFlags(), progress })
  const options = {
    scale: scale.name,
    ...(filter === undefined ? {} : { filter: filter.source }),
    peers: peers.map(({ name }) => name),
    missing: missing.map(({ name }) => name),
  }
  const seconds = (Date.now() - began.getTime()) / 1000
  return { machine, options, results, plots, began: began.toISOString(), seconds }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
