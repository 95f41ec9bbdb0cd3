import { createKernel, createPortableKernel, type Kernel } from '@varve/codec'
import { payloadOf, unsynced, withLog } from './counted-log.ts'
import type { Counts } from './counting-fs.ts'
import type { Scenario } from './scenario.ts'

const methods = ['stage', 'seal', 'scan', 'probe'] as const
type Method = (typeof methods)[number]

/**
 * The methods of all kernels of this process, counted while `work` runs: they are replaced where the objects of one
 * class, or of several, have them in common.
 */
async function counted(work: (take: () => Counts) => Promise<Counts>): Promise<Counts> {
  const counts = new Map<string, number>()
  const kernels = [createKernel(64), createPortableKernel(new Uint8Array(64))]
  const restore = methods.flatMap((method) =>
    [...new Set(kernels.map((kernel) => ownerOf(kernel, method)))].map((owner) =>
      replace(owner, method, () => counts.set(method, (counts.get(method) ?? 0) + 1)),
    ),
  )
  const take = (): Counts => {
    const taken = Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)))
    counts.clear()
    return taken
  }
  try {
    return await work(take)
  } finally {
    for (const each of restore) each()
  }
}

/** The prototype that has the method. */
function ownerOf(kernel: Kernel, method: Method): object {
  let owner = Object.getPrototypeOf(kernel) as object | null
  while (owner !== null && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner) as object | null
  if (owner !== null) return owner
  throw new Error(`the ${kernel.name} kernel has ${method} elsewhere than in its class: count it there`)
}

function replace(prototype: object, method: Method, called: () => void): () => void {
  const real = Reflect.get(prototype, method) as (...args: unknown[]) => unknown
  const replaced = function (this: unknown, ...args: unknown[]): unknown {
    called()
    return real.apply(this, args)
  }
  Reflect.set(prototype, method, replaced)
  return () => {
    Reflect.set(prototype, method, real)
  }
}

const payload = payloadOf(256)

/** How often records of 256 B have the kernel called. */
export const kernelCalls: readonly Scenario[] = [
  {
    name: '1,024 × append in one tick',
    count: (directory) =>
      counted((take) =>
        withLog(directory, {}, async (log, counting) => {
          take()
          await Promise.all(Array.from({ length: 1024 }, () => log.append(payload)))
          await counting.idle()
          return take()
        }),
      ),
  },
  {
    name: '100 × append, one at a time',
    count: (directory) =>
      counted((take) =>
        withLog(directory, {}, async (log, counting) => {
          take()
          for (let done = 0; done < 100; done += 1) await log.append(payload)
          await counting.idle()
          return take()
        }),
      ),
  },
  {
    name: 'replay of 10,000 records',
    count: (directory) =>
      counted((take) =>
        withLog(directory, unsynced, async (log) => {
          await log.appendBatch(Array.from({ length: 10_000 }, () => payload))
          take()
          await log.replay(() => undefined)
          return take()
        }),
      ),
  },
  {
    name: '100 × get',
    count: (directory) =>
      counted((take) =>
        withLog(directory, unsynced, async (log) => {
          await log.appendBatch(Array.from({ length: 10_000 }, () => payload))
          take()
          for (let done = 0; done < 100; done += 1) await log.get(1 + ((done * 2_654_435_761) % log.lastSequence))
          return take()
        }),
      ),
  },
]
