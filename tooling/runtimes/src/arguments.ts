import { parseArgs } from 'node:util'
import type { SuiteName } from './inside/orders.ts'
import { suiteNames } from './inside/orders.ts'
import { knownRuntimes, type KnownRuntime } from './known.ts'

const usage = `usage: pnpm test:runtime [options] [command …]

Runs what the node adapter promises on another runtime: on the one that the command starts (with whatever arguments
precede a script), on the known ones that --on names, or on all known ones.

--on NAME        one of ${knownRuntimes.map(({ name }) => name).join(', ')}; may be given several times
--suite NAME     only this one of ${suiteNames.join(', ')}; may be given several times
--runs N         how often to run each case of the torture (default 30)
--kills N        how many writers to kill (default 60)
--only PATTERN   only test files whose path matches this regular expression
--short          what the gate does: few test files, and little torture
--jobs N         so many runtimes at the same time (default 1)
--report FILE    writes how many tests passed and failed there, as JSON
`

export interface RunArguments {
  readonly runtimes: readonly KnownRuntime[]
  readonly suites: readonly SuiteName[]
  readonly runs: number
  readonly kills: number
  readonly only: RegExp | undefined
  readonly isShort: boolean
  readonly jobs: number
  readonly report: string | undefined
}

/** @throws Error that says what is wrong with them. */
export function parseArguments(args: readonly string[]): RunArguments {
  const end = args.findIndex((arg, at) => !arg.startsWith('-') && !takesValue(args[at - 1]))
  const options = end === -1 ? args : args.slice(0, end)
  const command = end === -1 ? [] : args.slice(end)
  const { values } = parseArgs({ args: options.filter((each) => each !== '--'), options: optionTypes })
  const isShort = values.short === true
  const wanted = values.suite ?? suiteNames
  const suites = suiteNames.filter((name) => wanted.includes(name))
  if (wanted.some((name) => !suiteNames.some((each) => each === name))) throw new Error(usage)
  return {
    runtimes: command.length > 0 ? [{ name: command.join(' '), command: () => command }] : known(values.on),
    suites,
    runs: positive(values.runs ?? (isShort ? '1' : '30')),
    kills: positive(values.kills ?? (isShort ? '12' : '60')),
    only: values.only === undefined ? undefined : new RegExp(values.only),
    isShort,
    jobs: positive(values.jobs ?? '1'),
    report: values.report,
  }
}

const optionTypes = {
  on: { type: 'string', multiple: true },
  suite: { type: 'string', multiple: true },
  runs: { type: 'string' },
  kills: { type: 'string' },
  only: { type: 'string' },
  short: { type: 'boolean' },
  jobs: { type: 'string' },
  report: { type: 'string' },
} as const

function takesValue(arg: string | undefined): boolean {
  const option = Object.entries(optionTypes).find(([name]) => arg === `--${name}`)
  return option?.[1].type === 'string'
}

function known(names: readonly string[] | undefined): readonly KnownRuntime[] {
  if (names === undefined) return knownRuntimes
  return names.map((name) => {
    const runtime = knownRuntimes.find((each) => each.name === name)
    if (runtime === undefined) throw new Error(`no runtime ${name}\n\n${usage}`)
    return runtime
  })
}

function positive(text: string): number {
  const value = Number(text)
  if (value > 0) return value
  throw new Error(`'${text}' must be a number above 0\n\n${usage}`)
}
