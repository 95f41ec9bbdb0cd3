// `pnpm bench`: measures the log beside the bare file system, prints a table, writes JSON on request.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArguments, usage, UsageError } from './arguments.ts'
import { runBench } from './bench.ts'
import { full, quick } from './scale.ts'
import { table } from './table.ts'

async function main(): Promise<void> {
  const args = parseArguments(process.argv.slice(2))
  const isSource = process.execArgv.some((flag) => flag.includes('@varve/source'))
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    packages: isSource ? 'from source' : 'as built',
    scale: args.quick ? 'quick' : 'full',
  }
  process.stdout.write(`${Object.values(machine).join(', ')}\n\n`)
  const results = await runBench({
    scale: args.quick ? quick : full,
    directory: args.directory,
    // Whatever this process runs on, the others run the packages as built: stripping types takes more than recovery.
    flags: [],
    onRows: (rows) => process.stdout.write(`${table(rows)}\n`),
  })
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
