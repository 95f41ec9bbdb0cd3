import { existsSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled, mustRun } from './system.ts'

const source = fileURLToPath(new URL('./fault-shim.c', import.meta.url))
const compilers = ['cc', 'gcc', 'clang'] as const

/**
 * What a call does in place of what it should. `short`: it moves half of the bytes, as any write may. `half`: the same,
 * and the next one fails for want of space, as on a disk that becomes full.
 */
export type Fault = 'EIO' | 'ENOSPC' | 'EMFILE' | 'short' | 'half'

/** Which call fails, of those on files of the log, from 1. */
export interface Injection {
  readonly at: number
  readonly fault: Fault
  /** All later calls of the same name fare alike. */
  readonly goesOn: boolean
}

/** One call on a file of the log. */
export interface TracedCall {
  readonly number: number
  readonly name: string
  readonly outcome: 'done' | 'failed' | 'short'
  /** Name of the file, or of the directory of the log. */
  readonly file: string
}

/** Why errors cannot be injected here; undefined if they can. */
export function mayNotInject(): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}: calls are intercepted on Linux only`
  if (!compilers.some(isInstalled)) return 'there is no C compiler (cc, gcc, clang) to build the shim'
  return undefined
}

/** Stands between a process and the system. */
export class Shim {
  readonly #library: string
  readonly #trace: string

  constructor(directory: string) {
    this.#library = join(directory, 'fault-shim.so')
    this.#trace = join(directory, 'trace')
    const compiler = compilers.find(isInstalled) ?? 'cc'
    mustRun(compiler, ['-O1', '-shared', '-fPIC', '-o', this.#library, source, '-ldl'])
  }

  /** The variables that put it into a process, and begin a fresh trace. Without an injection it only counts. */
  environment(directory: string, injection?: Injection): Readonly<Record<string, string>> {
    rmSync(this.#trace, { force: true })
    const { at = 0, fault = 'short', goesOn = false } = injection ?? {}
    const { errno } = constants
    const error = fault === 'short' ? 0 : errno[fault === 'half' ? 'ENOSPC' : fault]
    return {
      LD_PRELOAD: this.#library,
      VARVE_FAULT_DIRECTORY: directory,
      VARVE_FAULT_TRACE: this.#trace,
      VARVE_FAULT_AT: String(at),
      VARVE_FAULT_ERRNO: String(error),
      VARVE_FAULT_SHORT: fault === 'short' || fault === 'half' ? '1' : '0',
      VARVE_FAULT_ON: goesOn ? '1' : '0',
    }
  }

  /** The calls since then. */
  trace(): TracedCall[] {
    if (!existsSync(this.#trace)) return []
    return readFileSync(this.#trace, 'utf8').trim().split('\n').map((line) => {
      const [number, name = '', outcome, file = ''] = line.split(' ')
      return { number: Number(number), name, outcome: outcome as TracedCall['outcome'], file }
    })
  }
}
