import { parseArgs } from 'node:util'

export interface BenchArguments {
  /** Small sizes: shows that everything runs, and numbers that mean little. */
  readonly quick: boolean
  /** Where to put the results as JSON. */
  readonly json: string | undefined
  /** Where to put the logs; undefined: the directory for temporary files. */
  readonly directory: string | undefined
}

export const usage = `usage: pnpm bench [options]

Measures the log beside what the bare file system takes for the same bytes, in turns within one run. Only the ratios
mean something, and only within one run.

--quick         small sizes, to see that it works
--json FILE     write the results there too
--dir DIR       measure on the disk of this directory
`

/** A mistake of whoever started the benchmark. */
export class UsageError extends Error {}

/** @throws UsageError. */
export function parseArguments(args: readonly string[]): BenchArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, json: { type: 'string' }, dir: { type: 'string' } },
    })
    return { quick: values.quick === true, json: values.json, directory: values.dir }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
