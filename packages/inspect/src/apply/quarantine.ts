import { copyBytes, reading, spareName } from '@varve/segments/inspect'
import { io, type LogStorage, type Procedure } from '@varve/storage'
import type { Settings } from '../settings.ts'
import type { QuarantinedCopy } from '../plan/repair-plan.ts'

/**
 * Copies files, so that nothing that happens to them is the last word on them. Each copy gets its name when it is whole
 * and synced, and all names are durable when this returns. One that is there already has the same bytes, and is synced
 * once more: who made it may have died before that was certain.
 */
export function* quarantine(
  { storage, buffers }: Settings,
  names: readonly string[],
  copies: readonly QuarantinedCopy[],
): Procedure<void> {
  for (const { name, copy } of copies) {
    if (names.includes(copy)) yield* syncFile(storage, copy)
    else yield* buffers.lend(({ memory }) => copyFile(storage, name, copy, memory))
  }
  yield* io('make the names of the copies durable', () => storage.syncNames())
}

function* copyFile(
  storage: LogStorage,
  name: string,
  copy: string,
  buffer: Uint8Array<ArrayBuffer>,
): Procedure<void> {
  const spare = spareName(1)
  const file = yield* io(`create ${spare}`, () => storage.open(spare, 'create'))
  try {
    yield* reading(storage, name, function* (from): Procedure<void> {
      const size = yield* io(`size of ${name}`, () => from.size())
      yield* copyBytes(from, name, file, spare, 0, size, buffer)
    })
    yield* io(`sync ${spare}`, () => file.sync())
  } finally {
    yield* io(`close ${spare}`, () => file.close())
  }
  yield* io(`rename ${spare} to ${copy}`, () => storage.rename(spare, copy))
}

function* syncFile(storage: LogStorage, name: string): Procedure<void> {
  const file = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
  try {
    yield* io(`sync ${name}`, () => file.sync())
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}
