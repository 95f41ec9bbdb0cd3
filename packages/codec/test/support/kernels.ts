import { type ChecksumId, createPortableKernel, type FileLife, type Kernel } from '../../src/index.ts'
import { createWebAssemblyKernel } from '../../src/webassembly-kernel.ts'
import { toWord } from './arbitrary.ts'
import type { Life } from './oracle.ts'

/** A kernel over a copy of `bytes`, whose life is `life`. */
type KernelOver = (bytes: Uint8Array, life: Life) => Kernel

/** In the middle of a larger buffer, at an odd place. */
export const portableOver: KernelOver = (bytes, life) => {
  const buffer = new Uint8Array(bytes.length + 16).fill(0xa5)
  const memory = buffer.subarray(3, 3 + bytes.length)
  memory.set(bytes)
  return used(createPortableKernel(memory), life)
}

/** Kernels that are kept at most: a process of Chromium has room for about a hundred memories. */
const keptMax = 32
const bySize = new Map<number, Kernel>()

/** The kernel of the size of `bytes`, used again: what an earlier test left in its scratch area must not matter. */
export const webAssemblyOver: KernelOver = (bytes, life) => {
  const kernel = bySize.get(bytes.length) ?? createWebAssemblyKernel(bytes.length)
  if (kernel === undefined) throw new Error('no WebAssembly here')
  bySize.set(bytes.length, kernel)
  const [oldest] = bySize.keys()
  if (bySize.size > keptMax && oldest !== undefined) bySize.delete(oldest)
  kernel.memory.set(bytes)
  return used(kernel, life)
}

/** For `describe.each`: all that a kernel promises, each of them keeps. */
export const kernels: readonly (readonly [name: string, kernelOver: KernelOver])[] = [
  ['portable', portableOver],
  ['webassembly', webAssemblyOver],
]

function used(kernel: Kernel, { id, salt }: Life): Kernel {
  kernel.use({ checksum: id as ChecksumId, salt: toWord(salt) } satisfies FileLife)
  return kernel
}
