import { readBytes, reading } from '@varve/segments/inspect'
import type { LogFile, Procedure } from '@varve/storage'
import { sizeOf } from '../examine/look.ts'
import type { Settings } from '../settings.ts'
import type { QuarantinedCopy } from './repair-plan.ts'

/**
 * The name of a copy of a file: the first that is free, or that of a copy with the same bytes, which an interrupted
 * repair made. Nothing that was set aside is ever overwritten.
 */
export function* copyOf(settings: Settings, names: readonly string[], name: string): Procedure<QuarantinedCopy> {
  for (let number = 1; ; number += 1) {
    const copy = number === 1 ? `${name}.quarantined` : `${name}.${number}.quarantined`
    if (!names.includes(copy) || (yield* isSame(settings, name, copy))) return { name, copy }
  }
}

/** Whether two files hold the same bytes. */
function* isSame(settings: Settings, one: string, other: string): Procedure<boolean> {
  const size = yield* sizeOf(settings, one)
  if (size !== (yield* sizeOf(settings, other))) return false
  const { storage } = settings
  return yield* reading(storage, one, (first) =>
    reading(storage, other, (second) => compare(settings, [one, first], [other, second], size)),
  )
}

type Open = readonly [name: string, file: LogFile]

function* compare(settings: Settings, one: Open, other: Open, size: number): Procedure<boolean> {
  const { buffers, runtime } = settings
  return yield* buffers.lend(function* ({ memory }): Procedure<boolean> {
    const half = memory.length / 2
    for (let at = 0; at < size; at += half) {
      const first = memory.subarray(0, yield* readBytes(one[1], one[0], memory.subarray(0, half), at))
      const rest = memory.subarray(half)
      const second = rest.subarray(0, yield* readBytes(other[1], other[0], rest, at))
      if (first.length !== second.length || first.some((byte, place) => byte !== second[place])) return false
      yield* runtime.turn()
    }
    return true
  })
}
