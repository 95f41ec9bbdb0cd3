import type { Procedure } from '@varve/storage'
import { repeated, settledRepeated } from './calls.ts'
import type { Device } from './device.ts'
import { brokenPromise, type Place } from './errors.ts'
import type { NodeFs } from './fs.ts'

/** Most bytes handed to one system call: Node refuses 2 GiB, Linux moves a little less at a time. */
const callBytesMax = 2 ** 30

/** A descriptor and the name under which errors speak of it. */
export interface Handle {
  readonly fd: number
  readonly file: string
}

/**
 * Closes a descriptor whose work is done or has failed already. What had to be durable was synced before, so a failure
 * here would only hide the one that matters.
 */
export function discard(fs: NodeFs, fd: number): void {
  try {
    fs.closeSync(fd)
  } catch {
    // The descriptor is gone, or the process has worse problems that its next call will report.
  }
}

/** Fills `target` from `position` on. Returns the number of bytes read: fewer only where the file ends. */
export function readAll(fs: NodeFs, handle: Handle, target: Uint8Array<ArrayBuffer>, position: number): number {
  let done = 0
  while (done < target.length) {
    const place = { operation: 'read', file: handle.file, position: position + done }
    const asked = Math.min(target.length - done, callBytesMax)
    const count = repeated(place, () => fs.readSync(handle.fd, target, done, asked, place.position))
    mustBePlausible(place, count, asked)
    if (count === 0) break
    done += count
  }
  return done
}

/** Writes all of `source` at `position`, or throws. */
export function writeAll(fs: NodeFs, handle: Handle, source: Uint8Array<ArrayBuffer>, position: number): void {
  for (let done = 0; done < source.length; ) {
    const place = { operation: 'write', file: handle.file, position: position + done }
    const asked = Math.min(source.length - done, callBytesMax)
    const count = repeated(place, () => fs.writeSync(handle.fd, source, done, asked, place.position))
    done += progress(place, count, asked)
  }
}

/** As {@link writeAll}, through the device: where that is the thread pool, the event loop goes on meanwhile. */
export function* writeAllWaiting(
  device: Device,
  handle: Handle,
  source: Uint8Array<ArrayBuffer>,
  position: number,
): Procedure<void> {
  for (let done = 0; done < source.length; ) {
    const place = { operation: 'write', file: handle.file, position: position + done }
    const asked = Math.min(source.length - done, callBytesMax)
    const count = yield* settledRepeated(place, () => device.write(handle.fd, source, done, asked, place.position))
    done += progress(place, count, asked)
  }
}

/** Zeros are written in slices of this many bytes. */
const sliceBytes = 2 ** 20

/** One for all files, made when the first one needs it: nobody writes to it. */
let sharedZeros: Uint8Array<ArrayBuffer> | undefined

/** Writes zeros from `from` to `to`. */
export function* writeZeros(device: Device, handle: Handle, from: number, to: number): Procedure<void> {
  sharedZeros ??= new Uint8Array(sliceBytes)
  const zeros = sharedZeros
  for (let position = from; position < to; position += zeros.length) {
    const slice = zeros.subarray(0, to - position)
    yield* writeAllWaiting(device, handle, slice, position)
  }
}

/** A write that moves nothing would be tried for ever. */
function progress(place: Place, count: number, asked: number): number {
  mustBePlausible(place, count, asked)
  if (count === 0) throw brokenPromise(place, `wrote none of ${asked} bytes and reported no error: check the device`)
  return count
}

/** Counts that no working system returns have been seen on full and failing disks. */
function mustBePlausible(place: Place, count: number, asked: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= asked) return
  throw brokenPromise(place, `reported ${count} bytes of ${asked}: check the device`)
}
