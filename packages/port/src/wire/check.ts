import { VarveError } from '@varve/codec'

/** A value of the other side whose fields are not believed yet. */
export type Fields = Readonly<Record<string, unknown>>

/** The error of a message that no side of this protocol sends. It ends the connection. */
export function malformed(what: string): VarveError {
  return new VarveError('INVALID_ARGUMENT', `the other side of the port sent ${what}: that is not this protocol`)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function fieldsOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value
  throw malformed(`${what} that is ${typeof value}`)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function countOf(value: unknown, what: string): number {
  if (isCount(value)) return value
  throw malformed(`${what} ${String(value)}`)
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  throw malformed(`${what} that is ${typeof value}`)
}

/** @throws VarveError `INVALID_ARGUMENT` */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw malformed(`${what} that is ${typeof value}`)
}

/** What a field may hold: one of these, or one of a list of them, or fields in their turn. */
export type Kind = 'number' | 'string' | 'boolean' | 'object' | 'list' | 'numbers' | 'strings' | 'any' | Shape
export interface Shape {
  readonly [field: string]: Kind
}
/** The shape of a `T`, or of a part of it. */
export type ShapeOf<T> = Shape & Readonly<Partial<Record<keyof T, Kind>>>

/**
 * Whether `value` has what `shape` names. A field that is undefined is not there, so it passes only as `any`.
 *
 * @throws VarveError `INVALID_ARGUMENT`
 */
export function shaped<T>(value: unknown, shape: ShapeOf<T>, what: string): T {
  const fields = fieldsOf(value, what)
  for (const [name, kind] of Object.entries(shape)) {
    if (!isOf(fields[name], kind, `${name} of ${what}`)) throw malformed(`${what} with a wrong ${name}`)
  }
  return fields as T
}

function isOf(value: unknown, kind: Kind, what: string): boolean {
  if (typeof kind === 'object') return isFields(shaped(value, kind, what))
  if (kind === 'any') return true
  if (kind === 'object') return isFields(value)
  if (kind === 'list') return Array.isArray(value)
  if (kind === 'numbers' || kind === 'strings') {
    return Array.isArray(value) && value.every((each) => typeof each === kind.slice(0, -1))
  }
  return typeof value === kind
}
