import { isVarveError } from '@varve/codec'
import fc from 'fast-check'

/** What an input came to, in a few words: an error code, a row of the recovery table, what was found. */
export type Outcome = string

/** Turns an input into another one. */
export type Change = (bytes: Uint8Array) => Uint8Array

/** One thing that is fed bytes which nobody wrote. */
export interface FuzzTarget {
  readonly name: string
  /** What must hold for every input, for people. */
  readonly law: string
  /** Inputs as they are written in earnest, from which the others are made. The same ones each time. */
  seeds(): Promise<readonly Uint8Array[]>
  /** Changes that know what the bytes mean, so that they get past the first check. */
  readonly change: fc.Arbitrary<Change>
  /** Throws when the law does not hold. Bytes alone decide what happens. */
  run(bytes: Uint8Array): Outcome | Promise<Outcome>
}

/** Nothing here is too small to show a fault, and large inputs only take time. */
export const inputBytesMax = 65_536

/** The law does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export function must(holds: boolean, law: string): asserts holds {
  if (!holds) throw new Violation(law)
}

/** What an open answered that came to no log. */
export function answerOf(opened: unknown): string {
  return typeof opened === 'string' ? opened : ''
}

/** The code of an error that a caller was promised; anything else is thrown on. */
export function codeOf(error: unknown, allowed: readonly string[]): string {
  if (isVarveError(error) && allowed.includes(error.code)) return error.code
  if (error instanceof Violation) throw error
  throw new Violation(`not an error that was promised: ${String(error)}`, { cause: error })
}

/** Inputs made from `seeds` by a few changes each. It shrinks towards a seed. */
export function casesOf(target: FuzzTarget, seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(target.change, { minLength: 1, maxLength: 5 }))
    .map(([seed, changes]) => changed(seed, changes))
}

/** `seed` after all `changes`, never larger than an input may be. */
export function changed(seed: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce((bytes, change) => change(bytes).slice(0, inputBytesMax), seed)
}
