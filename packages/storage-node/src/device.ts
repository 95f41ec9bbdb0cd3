import type { Waiting } from './calls.ts'
import type { NodeFs } from './fs.ts'

/** The calls that wait for the device: made at once, or by the thread pool while the event loop goes on. */
export interface Device {
  /** Makes content and size durable. */
  sync(fd: number): Waiting<void>
  /** Makes everything durable; the one for directories. */
  syncAll(fd: number): Waiting<void>
  /** Writes once, perhaps less than asked; returns the count. */
  write(fd: number, source: Uint8Array<ArrayBuffer>, offset: number, length: number, position: number): Waiting<number>
}

/**
 * Whether fdatasync covers content and size. POSIX says so, Linux does so; on macOS only Node's fsync asks the drive
 * to empty its cache (F_FULLFSYNC), and on Windows the two are one.
 */
function hasDataSync(platform: string): boolean {
  return platform === 'linux' || platform === 'android'
}

/** The device as seen by a storage whose every method returns a plain value. */
export function blockingDevice(fs: NodeFs, platform: string): Device {
  const syncAll = (fd: number): void => {
    fs.fsyncSync(fd)
  }
  const syncData = (fd: number): void => {
    fs.fdatasyncSync(fd)
  }
  return {
    sync: hasDataSync(platform) ? syncData : syncAll,
    syncAll,
    write: (fd, source, offset, length, position) => fs.writeSync(fd, source, offset, length, position),
  }
}

/** The device as seen by a storage that must not stop the event loop. */
export function threadPoolDevice(fs: NodeFs, platform: string): Device {
  const syncAll = (fd: number): Promise<void> =>
    new Promise((resolve, reject) => {
      fs.fsync(fd, settle(resolve, reject))
    })
  const syncData = (fd: number): Promise<void> =>
    new Promise((resolve, reject) => {
      fs.fdatasync(fd, settle(resolve, reject))
    })
  return {
    sync: hasDataSync(platform) ? syncData : syncAll,
    syncAll,
    write: (fd, source, offset, length, position) =>
      new Promise((resolve, reject) => {
        fs.write(fd, source, offset, length, position, settle(resolve, reject))
      }),
  }
}

type Callback<T> = (error: Error | null, value: T) => void

function settle<T>(resolve: (value: T) => void, reject: (error: Error) => void): Callback<T> {
  return (error, value) => {
    // Deno passes undefined where Node passes null.
    if (error instanceof Error) reject(error)
    else resolve(value)
  }
}
