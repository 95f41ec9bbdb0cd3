import fs from 'node:fs'
import type { NodeFs } from '@varve/storage-node'

/** One call of the file system, before it is made. */
export interface FsCall {
  readonly method: keyof NodeFs
  /** How many calls there were, with this one. */
  readonly number: number
  /** Path or descriptor. */
  readonly target: unknown
}

/** What to do with a call: undefined lets it through. */
export type Fault = (call: FsCall) => Error | undefined

type Method = (...args: unknown[]) => unknown

/** The real file system, on which the calls that `fault` picks fail the way Node's do: thrown, or called back. */
export function failingFs(fault: Fault): NodeFs {
  let number = 0
  return new Proxy<NodeFs>(fs, {
    get(target, method: keyof NodeFs) {
      const real: unknown = Reflect.get(target, method)
      if (typeof real !== 'function' || method === 'watch') return real
      return (...args: unknown[]): unknown => {
        number += 1
        const error = fault({ method, number, target: args[0] })
        if (error === undefined) return (real as Method)(...args)
        if (method.endsWith('Sync')) throw error
        setImmediate(args.at(-1) as Method, error)
        return undefined
      }
    },
  })
}

/** An error as Node makes it. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}
