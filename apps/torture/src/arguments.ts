import { parseArgs } from 'node:util'

export interface TortureArguments {
  readonly seconds: number
  readonly seed: number
  /** Only cases whose name this matches. */
  readonly only: RegExp | undefined
  readonly storage: string | undefined
  readonly durability: string | undefined
  readonly profile: string | undefined
  /** What a failure printed: a case and a tape. */
  readonly replay: string | undefined
  /** Runs the exhaustive cases to their end, however long that takes. */
  readonly exhaustive: boolean
  readonly zoo: boolean
  /** Whether the zoo goes on behind the first case that catches a mutant. */
  readonly table: boolean
  readonly real: boolean
  /** Where to put report.json and report.html. */
  readonly report: string | undefined
  readonly list: boolean
}

export const usage = `usage: pnpm torture [options]

Lets a log live on disks that lose, damage and invent things, and kills it at every operation; then looks whether
anything that it promised is missing. Exit code 1 when a promise was broken.

--seconds N          how long (default 60)
--seed N             of the runs by chance (default 1); the same seed makes the same runs
--storage NAME       only cases on: simulated, memory, memory-async, node, node-sync, lock-files, planted
--durability NAME    only cases in: sync, group, async
--profile NAME       only cases on such a disk; --list names them
--only PATTERN       only cases whose name matches this regular expression
--list               names the cases, and says what each looks for
--exhaustive         the exhaustive cases, each to its end
--zoo                also puts known bugs into the code, and fails unless each is found
--table              with --zoo: lets every mutant meet all its cases, so that the table says what else catches it
--real               also kills real processes on real disks; what is not possible here is named
--replay STRING      plays what a failure printed, with a timeline of everything that happened
--report DIR         writes report.json, report.html and the table of the zoo there
`

/** A mistake of whoever started the torture. */
export class UsageError extends Error {}

/** Undefined when help was asked for. @throws UsageError */
export function parseArguments(args: readonly string[]): TortureArguments | undefined {
  const values = parsed(args)
  if (values.help === true) return undefined
  return {
    seconds: number('--seconds', values.seconds ?? '60', 0.1, 86_400 * 7),
    seed: Math.trunc(number('--seed', values.seed ?? '1', 0, 2 ** 31)),
    only: values.only === undefined ? undefined : pattern(values.only),
    storage: values.storage,
    durability: values.durability,
    profile: values.profile,
    replay: values.replay,
    exhaustive: values.exhaustive === true,
    zoo: values.zoo === true,
    table: values.table === true,
    real: values.real === true,
    report: values.report,
    list: values.list === true,
  }
}

type TextOption = 'seconds' | 'seed' | 'only' | 'storage' | 'durability' | 'profile' | 'replay' | 'report'

type Values = Partial<Record<TextOption, string>> &
  Partial<Record<'exhaustive' | 'zoo' | 'table' | 'real' | 'list' | 'help', boolean>>

function parsed(args: readonly string[]): Values {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: {
        seconds: text,
        seed: text,
        only: text,
        storage: text,
        durability: text,
        profile: text,
        replay: text,
        report: text,
        exhaustive: flag,
        zoo: flag,
        table: flag,
        real: flag,
        list: flag,
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new UsageError(`${name} is '${text}'; it must be a number from ${least} to ${most}`)
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new UsageError(`--only: ${error instanceof Error ? error.message : String(error)}`)
  }
}
