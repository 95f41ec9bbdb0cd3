import { isVarveError, type VarveError, type VarveErrorCode } from '@varve/codec'
import type { MaybePromise } from '@varve/storage'
import { realFs, type NodeFs } from '../../src/fs.ts'
import { realSystem, type NodeSystem } from '../../src/system.ts'

/** The real file system with some calls replaced. */
export function fsWith(changes: Partial<NodeFs>): NodeFs {
  return { ...realFs, ...changes }
}

/** The real system with some answers replaced. */
export function systemWith(changes: Partial<NodeSystem>): NodeSystem {
  return { ...realSystem, ...changes }
}

/** An error as Node throws it. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/** Expects a failure with `code`, thrown or rejected. */
export async function failure(code: VarveErrorCode, action: () => MaybePromise<unknown>): Promise<VarveError> {
  try {
    await action()
  } catch (error) {
    if (isVarveError(error, code)) return error
    throw error
  }
  throw new Error(`expected ${code}, got success`)
}

/** The same bytes for the same length. */
export function bytes(length: number, value = 7): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value)
}
