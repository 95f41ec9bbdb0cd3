import { everyKind, fixedRuntime, flip, goOn, segmentNames, small, withCheckpoints } from '@varve/damage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'

/** Logs that are the same, byte for byte, in every run. */

export function intact(): MemorySnapshot {
  return everyKind({ runtime: fixedRuntime() }).snapshot
}

export function torn(): MemorySnapshot {
  return flip(intact(), lastName(intact()), 3000)
}

/** A payload in the first segment is damaged. */
export function corrupt(): MemorySnapshot {
  return flip(intact(), String(segmentNames(intact())[0]), 600)
}

/** The trailer of the first segment is damaged: nothing is lost. */
export function bruised(): MemorySnapshot {
  return flip(intact(), String(segmentNames(intact())[0]), 4090)
}

export function checkpointed(): MemorySnapshot {
  return withCheckpoints({ ...small, runtime: fixedRuntime() }).snapshot
}

/** Seven records of text, of types 0 to 2, and one that is no text. */
export function words(): MemorySnapshot {
  return goOn(undefined, { ...small, runtime: fixedRuntime() }, 'close', (log) => {
    for (const [at, word] of ['one', 'two', 'three', '', 'f\u00fcnf', 'esc\u001b[31m', 'seven'].entries()) {
      log.appendSync(new TextEncoder().encode(word), { type: at % 3, timestamp: 1000 + at })
    }
    log.appendSync(Uint8Array.of(0xff, 0x00, 0x41), { type: 9, timestamp: 2000 })
  })
}

function lastName(snapshot: MemorySnapshot): string {
  return String(segmentNames(snapshot).at(-1))
}

export interface Kept {
  readonly storage: () => MemoryStorage
  readonly snapshot: () => MemorySnapshot
}

/** A storage that outlives the command line that closes it. */
export function kept(snapshot?: MemorySnapshot): Kept {
  let last = memoryStorage(snapshot === undefined ? {} : { snapshot })
  return {
    storage: () => {
      last = memoryStorage({ snapshot: last.snapshot() })
      return last
    },
    snapshot: () => last.snapshot(),
  }
}

type MemoryStorage = ReturnType<typeof memoryStorage>
