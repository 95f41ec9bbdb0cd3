import type { Context } from '../command.ts'
import { piecesOf } from '../read-input.ts'

/** Asks on a terminal; undefined where there is none to ask on. Anything but `yes` or `y` is no. */
export async function confirm(
  { system, err }: Pick<Context, 'system' | 'err'>,
  question: string,
): Promise<boolean | undefined> {
  if (!system.stdin.isTerminal) return undefined
  err.print(`${question} [y/N] `)
  await err.flush()
  let answer = ''
  for await (const piece of piecesOf(system.stdin, system)) {
    answer += Buffer.from(piece).toString()
    if (answer.includes('\n')) break
  }
  return /^\s*y(es)?\s*$/i.test(answer)
}
