import type { Gate, Runtime } from '@varve/storage'
import type { Log, TailOptions } from '../../src/index.ts'
import { watch, type Watched } from './log-promises.ts'

/** A reader that follows a log, and what it saw. */
export interface Following {
  readonly seen: number[]
  readonly end: Watched<unknown>
}

/** Follows a log until the tail ends; between two records it waits for what `pause` returns. */
export function follow(log: Log, options?: TailOptions, pause?: (sequence: number) => Promise<unknown>): Following {
  const seen: number[] = []
  const run = async (): Promise<void> => {
    for await (const { sequence } of log.tail(options)) {
      seen.push(sequence)
      if (pause !== undefined) await pause(sequence)
    }
  }
  return { seen, end: watch(run()) }
}

export function followers(count: number, log: Log, options?: TailOptions): readonly Following[] {
  return Array.from({ length: count }, () => follow(log, options))
}

export function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

/** The runtime, and how often anybody began to wait at a gate of it. */
export function counting(runtime: Runtime): { readonly runtime: Runtime; readonly waits: { count: number } } {
  const waits = { count: 0 }
  const gate = (): Gate => {
    const inner = runtime.gate()
    const onOpen = inner.onOpen.bind(inner)
    return Object.assign(inner, {
      onOpen(resume: () => void): void {
        waits.count += 1
        onOpen(resume)
      },
    })
  }
  return { runtime: { ...runtime, gate }, waits }
}
