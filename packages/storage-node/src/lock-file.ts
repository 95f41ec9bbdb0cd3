import { once } from './calls.ts'
import { lockPrefix, type NodeDirectory } from './directory.ts'
import { errnoOf } from './errors.ts'
import type { NodeFs } from './fs.ts'
import type { Holder } from './holder.ts'
import { discard, readAll, writeAll, type Handle } from './transfer.ts'

/**
 * A lock file is a line that says `held` or `released`, of fixed length so that it can be overwritten, and a line of
 * JSON that describes the holder. Its name carries the generation.
 */
const held = 'held    \n'
const released = 'released\n'

/** More than any holder takes, in bytes: what is longer was not written by this package. */
const lockFileBytesMax = 4096

/** Highest generation that fits into a name. */
export const generationMax = 0xffff_ffff

/** What a lock file says. `partial`: its writer was interrupted or is at it; `foreign`: unknown to this version. */
export type LockText =
  | { readonly state: 'held'; readonly holder: Holder }
  | { readonly state: 'released' | 'partial' | 'foreign' }

export function lockFileName(generation: number): string {
  return `${lockPrefix}${generation.toString(16).padStart(8, '0')}`
}

/** The generation of a lock file by its name; 0 for every other name. */
export function generationOf(name: string): number {
  const digits = /^lock-([0-9a-f]{8})$/.exec(name)?.[1]
  return digits === undefined ? 0 : Number.parseInt(digits, 16)
}

export function formatHolder(holder: Holder): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${held}${JSON.stringify(holder)}\n`)
}

function parseLockFile(text: string): LockText {
  if (text.startsWith(released.trim())) return { state: 'released' }
  if (!saysHeld(text)) return { state: held.startsWith(text) ? 'partial' : 'foreign' }
  if (!text.endsWith('\n') || text.length === held.length) return { state: 'partial' }
  try {
    const holder: unknown = JSON.parse(text.slice(held.length))
    return isHolder(holder) ? { state: 'held', holder } : { state: 'foreign' }
  } catch {
    return { state: 'foreign' }
  }
}

/** A release that only began to be written is none: whether its holder lives decides. */
function saysHeld(text: string): boolean {
  const line = text.slice(0, held.length)
  for (let landed = 0; landed < held.length; landed += 1) {
    if (line === released.slice(0, landed) + held.slice(landed)) return true
  }
  return false
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Record<string, unknown>
  const texts = ['started', 'bootId', 'namespace', 'host', 'token', 'since']
  return (
    fields.version === 1 &&
    Number.isSafeInteger(fields.pid) &&
    (fields.pid as number) > 0 &&
    Number.isFinite(fields.bootTime) &&
    texts.every((name) => typeof fields[name] === 'string')
  )
}

/** Reads a lock file and its age in milliseconds. Undefined when it is gone. */
export function readLockFile(
  fs: NodeFs,
  directory: NodeDirectory,
  name: string,
  nowMs: number,
): { text: LockText; ageMs: number } | undefined {
  try {
    return withFile(fs, directory, name, 'r', (handle) => {
      const bytes = new Uint8Array(lockFileBytesMax)
      const text = new TextDecoder().decode(bytes.subarray(0, readAll(fs, handle, bytes, 0)))
      // A clock that was set back must not make a file young for ever.
      return { text: parseLockFile(text), ageMs: Math.abs(nowMs - fs.fstatSync(handle.fd).mtimeMs) }
    })
  } catch (error) {
    if (causedBy(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Marks a lock file as released. Nothing happens when it is gone: a later holder removed it. */
export function markReleased(fs: NodeFs, directory: NodeDirectory, name: string): void {
  try {
    withFile(fs, directory, name, 'r+', (handle) => {
      writeAll(fs, handle, new TextEncoder().encode(released), 0)
    })
  } catch (error) {
    if (causedBy(error) !== 'ENOENT') throw error
  }
}

/** Error number behind a failure of this package. */
export function causedBy(error: unknown): string {
  return errnoOf(error instanceof Error ? error.cause : undefined)
}

function withFile<T>(
  fs: NodeFs,
  directory: NodeDirectory,
  name: string,
  flags: string,
  use: (handle: Handle) => T,
): T {
  const fd = once({ operation: 'open', file: name }, () => fs.openSync(directory.resolve(name), flags))
  try {
    return use({ fd, file: name })
  } finally {
    discard(fs, fd)
  }
}
