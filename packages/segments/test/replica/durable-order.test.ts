import { describe, expect, it } from 'vitest'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import type { Operation } from '../support/log-intercept.ts'
import { chunksOf, fillSync, storageOf } from '../support/replica-pair.ts'
import { positionName, replicaOn, withoutMark } from '../support/replica-parts.ts'

/** What has been written and not synced, by file, and what must not be before each call. */
class Watch {
  readonly #dirty = new Set<string>()
  #namesAreDirty = false
  readonly offences: string[] = []
  readonly met = new Set<string>()

  see({ kind, name, detail }: Operation): void {
    if (kind === 'write') this.#dirty.add(name)
    if (kind === 'sync') this.#dirty.delete(name)
    if (kind === 'syncNames') this.#namesAreDirty = false
    const segments = [...this.#dirty].filter((file) => !file.startsWith('spare'))
    if (kind === 'writeDurable' && name === positionName) this.#must('a statement', segments.length === 0)
    if (kind === 'open' && detail === 'create') this.#must('the beginning of a segment', segments.length === 0)
    if (kind === 'resize') this.#must('a cut', segments.length === 0 && !this.#namesAreDirty)
    if (kind !== 'rename') return
    this.#must('a naming', !this.#dirty.has(name))
    this.#namesAreDirty = true
  }

  #must(what: string, holds: boolean): void {
    this.met.add(what)
    if (!holds) this.offences.push(what)
  }
}

describe('a replica', () => {
  it('has synced what it states, what it names, what it leaves behind, and what replaces what it cuts', () => {
    const source = storageOf()
    fillSync(source, 1, 14, { ends: 'kill' })
    const survivor = storageOf(withoutMark(source.snapshot()))
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    for (const chunk of chunksOf(source)) replica.writeSync(chunk)
    replica.syncSync()
    fillSync(survivor, 15, 40)
    chunksOf(survivor, replica.position).forEach((chunk, at) => {
      replica.writeSync(chunk)
      if (at % 3 === 0) replica.syncSync()
    })
    replica.syncSync()
    const watch = new Watch()
    for (const operation of disk.operations) watch.see(operation)
    expect(watch.offences).toEqual([])
    expect([...watch.met].sort()).toEqual(['a cut', 'a naming', 'a statement', 'the beginning of a segment'])
  })
})
