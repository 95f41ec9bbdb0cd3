import { io, type LogFile, type Procedure } from '@varve/storage'
import type { Lineage, Spare } from './birth.ts'

/** Zeros are written in slices of so many bytes, and synced after so many, so that no commit has to wait long. */
const sliceBytes = 262_144
const syncBytes = 1_048_576

/**
 * Makes a spare of a file that was a segment: every byte of its old life is overwritten with zeros, durably. The old
 * name must be gone from the disk before. Undefined if anything fails, or `isEnding` says that nobody needs it any
 * more; the file is closed then, and still there.
 */
export function* overwritten(
  { storage, settings, runtime }: Lineage,
  name: string,
  isEnding: () => boolean,
): Procedure<Spare | undefined> {
  const { segmentBytes } = settings
  let file: LogFile | undefined
  try {
    const opened = yield* io(`open ${name}`, () => storage.open(name, 'existing'))
    file = opened
    const size = yield* io(`size of ${name}`, () => opened.size())
    const zeros = new Uint8Array(Math.min(sliceBytes, segmentBytes))
    let unsynced = 0
    for (let position = 0; size === segmentBytes && position < size; position += zeros.length) {
      if (isEnding()) break
      const slice = zeros.subarray(0, size - position)
      yield* io(`overwrite ${name} at ${position}`, () => opened.write(slice, position))
      unsynced += slice.length
      const isWhole = position + slice.length === size
      if (isWhole || unsynced >= syncBytes) {
        yield* io(`sync ${name}`, () => opened.sync())
        unsynced = 0
      }
      if (isWhole) return { name, file: opened, size }
      yield* runtime.turn()
    }
    yield* io(`close ${name}`, () => opened.close())
  } catch {
    if (file !== undefined) yield* closed(file, name)
  }
  return undefined
}

function* closed(file: LogFile, name: string): Procedure<void> {
  try {
    yield* io(`close ${name}`, () => file.close())
  } catch {
    // It failed before; that it cannot be closed either changes nothing.
  }
}
