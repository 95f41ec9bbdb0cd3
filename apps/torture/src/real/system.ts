import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a command of the system said. */
export interface Said {
  readonly ok: boolean
  /** What it printed; what went wrong, if anything did. */
  readonly text: string
}

/** Where programs are looked for: administrators' tools too, which are not on the path of everybody. */
function searchPath(): string {
  return [process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter)
}

/** Runs a command of the system to its end. It blocks: for short ones that must not be overtaken. */
export function command(name: string, args: readonly string[]): Said {
  const env = { ...process.env, PATH: searchPath() }
  const { status, stdout, stderr, error } = spawnSync(name, args, { encoding: 'utf8', timeout: 60_000, env })
  if (error !== undefined) return { ok: false, text: `${name}: ${error.message}` }
  return status === 0 ? { ok: true, text: stdout.trim() } : { ok: false, text: `${name}: ${stderr.trim()}` }
}

/** As {@link command}; throws when it fails. */
export function mustRun(name: string, args: readonly string[]): string {
  const { ok, text } = command(name, args)
  if (!ok) throw new Error(`${name} ${args.join(' ')} failed: ${text}`)
  return text
}

/** Whether there is a program of that name. */
export function isInstalled(name: string): boolean {
  return searchPath().split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Why this process may not mount: undefined if it may try. */
export function mayNotMount(): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}: mounting is done on Linux only`
  if (process.getuid?.() !== 0) return 'this process is not root and may not mount'
  return undefined
}
