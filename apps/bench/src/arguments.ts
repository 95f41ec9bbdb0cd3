import { parseArgs } from 'node:util'

export interface BenchArguments {
  /** Small sizes: shows that everything runs, and numbers that mean less. */
  readonly quick: boolean
  /** Which measurements, by their names; undefined: all. */
  readonly filter: RegExp | undefined
  /** Where to put the results as JSON, and as a page with pictures. */
  readonly json: string | undefined
  readonly html: string | undefined
  /** Where to put the logs; undefined: the directory for temporary files. */
  readonly directory: string | undefined
  /** Name the measurements and take none. */
  readonly list: boolean
}

export const usage = `usage: pnpm bench [options]

Measures the log beside what the bare file system takes for the same bytes, and beside what else one could use, in turns
within one run. Only the ratios mean something, and only within one run.

--quick         small sizes: a minute and a half in place of twenty
--filter REGEX  only measurements whose names match; --list shows them
--list          name the measurements, and take none
--json FILE     write the results there too
--html FILE     write a page with pictures there too
--dir DIR       measure on the disk of this directory
`

/** A mistake of whoever started the benchmark. */
export class UsageError extends Error {}

const options = {
  quick: { type: 'boolean' },
  filter: { type: 'string' },
  list: { type: 'boolean' },
  json: { type: 'string' },
  html: { type: 'string' },
  dir: { type: 'string' },
} as const

/** @throws UsageError. */
export function parseArguments(args: readonly string[]): BenchArguments {
  try {
    const { values } = parseArgs({ args: [...args], options })
    const { quick = false, filter, list = false, json, html, dir: directory } = values
    return { quick, filter: filter === undefined ? undefined : new RegExp(filter, 'u'), list, json, html, directory }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
