import { VarveError } from '@varve/codec'

/**
 * A tape as text: numbers with dashes between them, `zN` for N zeros in a row. Zeros at the end are left out: behind
 * its end a tape gives nothing else.
 */
export function tapeToText(tape: readonly number[]): string {
  const parts: string[] = []
  let zeros = 0
  for (const value of tape) {
    if (value === 0) {
      zeros += 1
      continue
    }
    if (zeros > 0) parts.push(zeros === 1 ? '0' : `z${zeros}`)
    zeros = 0
    parts.push(String(value))
  }
  return parts.join('-')
}

/** Longest tape that is read back: more than any run draws. */
const tapeLengthMax = 10_000_000

/** @throws VarveError `INVALID_ARGUMENT` when this is no tape. */
export function tapeFromText(text: string): number[] {
  const tape: number[] = []
  if (text === '') return tape
  for (const part of text.split('-')) {
    if (!/^z?\d{1,9}$/.test(part)) throw invalid(text, part)
    const zeros = part.startsWith('z') ? Number(part.slice(1)) : 0
    if (tape.length + zeros > tapeLengthMax) throw invalid(text, part)
    if (part.startsWith('z')) for (let left = zeros; left > 0; left -= 1) tape.push(0)
    else tape.push(Number(part))
  }
  return tape
}

function invalid(text: string, part: string): VarveError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return new VarveError('INVALID_ARGUMENT', `'${part}' of '${shown}' belongs to no tape: use what a failure printed`)
}
