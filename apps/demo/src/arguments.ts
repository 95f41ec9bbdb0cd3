import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

/** What the demo was told on the command line. */
export interface DemoArguments {
  /** The text to append; undefined: the largest text of this repository. */
  readonly file: string | undefined
  readonly seed: number
  readonly kills: number
  /** Where to put the log; undefined: a fresh directory. */
  readonly directory: string | undefined
  readonly keep: boolean
  readonly dishonest: boolean
}

export const usage = `usage: npm run demo -- [FILE] [options]

A child process appends every line of FILE to a log and reports each acknowledgement. This process kills it with
SIGKILL at random moments, over and over; the next child goes on where the log ends. Then it proves that every
acknowledged line is there, once, in order, byte for byte.

FILE            a text file; by default the largest one of this repository
--kills N       how often to kill, 1 to 10000; default 24
--seed N        draws the moments; by default a new one, which is printed
--dir DIR       where to put the log: a directory that is empty or not there yet
--remove        remove the log at the end; after a failure it is always kept
--dishonest     let the child acknowledge before it appends, to see the demo fail
--help          print this

The exit status is 0 if all is well, 1 if a promise was broken, 2 if the demo could not run, 130 after Ctrl-C.
`

/** A mistake of whoever started the demo. */
export class UsageError extends Error {}

/** @throws UsageError. Undefined: help was asked for. */
export function parseArguments(args: readonly string[]): DemoArguments | undefined {
  const { values, positionals } = parse(args)
  if (values.help === true) return undefined
  if (positionals.length > 1) throw new UsageError(`one FILE, not ${positionals.length}`)
  return {
    file: positionals[0],
    seed: values.seed === undefined ? randomInt(2 ** 32) : wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    kills: wholeNumber('--kills', values.kills ?? '24', 1, 10_000),
    directory: values.dir,
    keep: values.remove !== true,
    dishonest: values.dishonest === true,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seed: { type: 'string' },
        kills: { type: 'string' },
        dir: { type: 'string' },
        remove: { type: 'boolean' },
        dishonest: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${name} is ${text}; it must be a whole number from ${least} to ${most}`)
}
