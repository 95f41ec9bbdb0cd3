import { checkInteger, checkOneOf } from './check.ts'
import { kernelBytesMax } from './kernel-check.ts'
import type { Kernel } from './kernel.ts'
import { createPortableKernel } from './portable-kernel.ts'
import { createWebAssemblyKernel } from './webassembly-kernel.ts'

/**
 * A kernel with `bytes` of fresh zeroed memory. `auto` takes WebAssembly where it may be compiled and its memory be
 * had, and the portable kernel otherwise; `kernel.name` tells. `portable` tries nothing. Both do the same to every
 * byte. Throws `INVALID_ARGUMENT` unless `bytes` is from 1 to 1 GiB.
 *
 * @remarks
 * V8 reserves 8 to 10 GiB of address space (not of memory) for each WebAssembly memory and takes some 20 microseconds
 * to make one, so keep kernels and use them again. They are given back when they are garbage collected.
 */
export function createKernel(bytes: number, preference: 'auto' | 'portable' = 'auto'): Kernel {
  checkInteger('bytes', bytes, 1, kernelBytesMax)
  checkOneOf('preference', preference, ['auto', 'portable'])
  const fastest = preference === 'auto' ? createWebAssemblyKernel(bytes) : undefined
  return fastest ?? createPortableKernel(new Uint8Array(bytes))
}
