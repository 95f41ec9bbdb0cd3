import type { Procedure } from '@varve/storage'
import { once, settledOnce } from './calls.ts'
import type { Device } from './device.ts'
import type { NodeDirectory } from './directory.ts'
import { errnoOf } from './errors.ts'
import type { NodeFs } from './fs.ts'
import { causedBy } from './lock-file.ts'
import { discard, writeAllWaiting } from './transfer.ts'

/** What publishing a file takes. */
export interface Press {
  readonly fs: NodeFs
  readonly device: Device
  readonly directory: NodeDirectory
}

/**
 * Creates the file `name` with `bytes` in it, or returns false because the name is taken. The bytes are durable before
 * the name is there, and whoever sees the name sees all of them: they are written under `draft`, which then gets its
 * second name by a hard link. Where there are no hard links the file is created and then written, so that it may be
 * seen empty or in part for a moment.
 */
export function* publishExclusively(
  press: Press,
  name: string,
  draft: string,
  bytes: Uint8Array<ArrayBuffer>,
): Procedure<boolean> {
  const { fs, directory } = press
  yield* writeNew(press, draft, bytes)
  try {
    fs.linkSync(directory.resolve(draft), directory.resolve(name))
    return true
  } catch (error) {
    const errno = errnoOf(error)
    // Whoever took the lock meanwhile also swept up the draft.
    if (errno === 'EEXIST' || errno === 'ENOENT') return false
  } finally {
    sweep(press, draft)
  }
  return yield* createDirectly(press, name, bytes)
}

function* createDirectly(press: Press, name: string, bytes: Uint8Array<ArrayBuffer>): Procedure<boolean> {
  try {
    yield* writeNew(press, name, bytes)
    return true
  } catch (error) {
    if (causedBy(error) === 'EEXIST') return false
    throw error
  }
}

function* writeNew(press: Press, name: string, bytes: Uint8Array<ArrayBuffer>): Procedure<void> {
  const { fs, device, directory } = press
  const fd = once({ operation: 'create', file: name }, () => fs.openSync(directory.resolve(name), 'wx'))
  try {
    yield* writeAllWaiting(device, { fd, file: name }, bytes, 0)
    yield* settledOnce({ operation: 'sync', file: name }, () => device.sync(fd))
  } finally {
    discard(fs, fd)
  }
}

/** Removes what nobody needs. A failure costs a small file and no promise: the next holder sweeps again. */
export function sweep({ fs, directory }: Press, name: string): void {
  try {
    fs.unlinkSync(directory.resolve(name))
  } catch {
    // Somebody else removed it, or has it open.
  }
}
