import { checkInteger, checkOneOf } from './check.ts'
import type { Kernel } from './kernel.ts'
import { createPortableKernel } from './portable-kernel.ts'

/** The largest memory that a kernel takes, in bytes. */
const kernelBytesMax: number = 2 ** 31

/**
 * A kernel with `bytes` of fresh zeroed memory. `auto` takes the fastest that this platform has, `portable` tries
 * nothing. Throws `INVALID_ARGUMENT` unless `bytes` is from 1 to 2 GiB.
 */
export function createKernel(bytes: number, preference: 'auto' | 'portable' = 'auto'): Kernel {
  checkInteger('bytes', bytes, 1, kernelBytesMax)
  checkOneOf('preference', preference, ['auto', 'portable'])
  return createPortableKernel(new Uint8Array(bytes))
}
