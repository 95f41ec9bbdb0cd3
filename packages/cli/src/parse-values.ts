import { UsageError } from './command.ts'

/** A number of a record. */
export function parseSequence(text: string): number {
  return parseInteger(text, 1, Number.MAX_SAFE_INTEGER)
}

/** A count of something, from 0. */
export function parseCount(text: string): number {
  return parseInteger(text, 0, Number.MAX_SAFE_INTEGER)
}

/** The type of a record. */
export function parseType(text: string): number {
  return parseInteger(text, 0, 65_535)
}

/** @throws UsageError */
export function parseInteger(text: string, min: number, max: number): number {
  const digits = text.replaceAll(/[,_]/g, '')
  const value = /^\d+$/.test(digits) ? Number(digits) : NaN
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new UsageError(`'${text}' is not a whole number from ${min} to ${max}.`)
}
