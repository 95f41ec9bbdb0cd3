import type { OptionDefinition } from './command.ts'

/** The parts of `-n, --lines <count>`. */
export interface OptionFlags {
  readonly short: string | undefined
  readonly long: string
  /** What stands for its value; undefined where it has none. */
  readonly value: string | undefined
}

export function flagsOf({ flags }: OptionDefinition): OptionFlags {
  const [, short, long = flags, value] = /^(?:(-\w), )?(--[\w-]+)(?: <([\w-]+)>)?$/.exec(flags) ?? []
  return { short, long, value }
}
