import { isVarveError, type VarveError, type VarveErrorCode } from 'varve'
import { UsageError } from './command.ts'
import { exitCode, exitCodeOf, type ExitCode } from './exit-code.ts'
import type { Output } from './output/output.ts'
import { wrap } from './output/table.ts'

/** What to do about it, where a person can do something. */
const advice: Readonly<Partial<Record<VarveErrorCode, string>>> = {
  LOCKED: 'stop the other process, or only look: inspect, verify, cat, tail, get, stats and hexdump take no lock',
  CORRUPT: 'varve verify DIR says what is damaged; varve repair DIR says what can be done about it',
  TORN_TAIL: 'nothing that was acknowledged as durable is missing; the next writer discards the tail and says so',
  UNSUPPORTED_FORMAT: 'use the version of varve that wrote it, or a newer one',
  FOREIGN_FILE: 'files of two logs are in one directory; varve inspect DIR lists them',
  NOT_FOUND: 'is this what you meant? varve append DIR --create begins a log',
  NOT_A_LOG: 'is this the directory that you meant?',
  NO_SPACE: 'make room; what was acknowledged is safe. varve reclaim DIR --dry-run tells what this log can give back',
  IO: 'look at the disk and the rights of the directory; nothing that was acknowledged is concerned',
  POISONED: 'open the log again: recovery finds what is durable',
  RECLAIMED: 'the log begins at its floor; varve inspect DIR tells it',
}

/** Prints an error as code, place and advice, and says which exit code it is. */
export function presentError(error: unknown, isDebugged: boolean, out: Output, err: Output): ExitCode {
  const { code, message, context, hint, exit } = describe(error)
  if (out.isJson) {
    out.object({ error: { code, message, ...(context === undefined ? {} : { context }) } })
  } else {
    const [first, ...more] = wrap(`${err.style.bad(`error ${code}:`)} ${message}`, err.columns)
    err.lines([String(first), ...more.map((line) => `  ${line}`)])
    for (const [name, value] of Object.entries(context ?? {})) {
      if (value !== undefined) err.line(`  ${err.style.dim(name)} ${String(value)}`)
    }
    if (hint !== undefined) err.lines(wrap(hint, err.columns, '  '))
  }
  if (isDebugged && error instanceof Error) err.line(err.style.dim(stackOf(error)))
  return exit
}

interface Described {
  readonly code: string
  readonly message: string
  readonly context: VarveError['context'] | undefined
  readonly hint: string | undefined
  readonly exit: ExitCode
}

function describe(error: unknown): Described {
  if (isVarveError(error)) {
    const { code, context } = error
    const message = error.message.replace(`${code}: `, '')
    return { code, message, context, hint: advice[code], exit: exitCodeOf(code) }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) {
    return { code: 'USAGE', message, context: undefined, hint: undefined, exit: exitCode.usage }
  }
  const { code = 'UNEXPECTED' } = (error ?? {}) as { readonly code?: string }
  return { code, message, context: undefined, hint: undefined, exit: exitCode.io }
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${String(error.stack)}${cause}`
}
