import { checkInteger, checkOneOf } from './check.ts'
import type { Kernel } from './kernel.ts'
import { createPortableKernel, kernelBytesMax } from './portable-kernel.ts'

/**
 * A kernel with `bytes` of fresh zeroed memory. `auto` takes the fastest that this platform has, `portable` tries
 * nothing. Throws `INVALID_ARGUMENT` unless `bytes` is from 1 to 1 GiB.
 */
export function createKernel(bytes: number, preference: 'auto' | 'portable' = 'auto'): Kernel {
  checkInteger('bytes', bytes, 1, kernelBytesMax)
  checkOneOf('preference', preference, ['auto', 'portable'])
  return createPortableKernel(new Uint8Array(bytes))
}
