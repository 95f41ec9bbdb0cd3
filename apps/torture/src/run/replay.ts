import { tapeFromText, tapeToText } from '@varve/dst'
import { UsageError } from '../arguments.ts'
import type { TortureCase } from '../cases/case.ts'
import { tortureCases } from '../cases/cases.ts'

/** A case and a tape, as text: enough to see the same again on another machine with the same code. */
export function replayText(what: TortureCase, tape: readonly number[]): string {
  return `${what.name}:${tapeToText(tape)}`
}

/** @throws UsageError */
export function parseReplay(text: string): { readonly what: TortureCase; readonly tape: readonly number[] } {
  const [name = '', tape = '', ...rest] = text.split(':')
  const what = tortureCases.find((each) => each.name === name)
  if (what === undefined || rest.length > 0) {
    throw new UsageError(`--replay: '${text.slice(0, 60)}' names no case; pass what a failure printed, in quotes`)
  }
  return { what, tape: tapeFromText(tape) }
}
