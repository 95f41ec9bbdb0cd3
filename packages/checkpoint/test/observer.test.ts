import type { LogEvent } from '@varve/segments'
import { describe, expect, it } from 'vitest'
import { bytes, faces, failure, named } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'

describe.each(faces)('the observer of a log, %s', (face, open) => {
  const isAsync = face === 'asynchronous'

  it('hears of a publish when all of it is done: what was written, what was given up', async () => {
    const disk = new TracedStorage({ isAsync })
    const events: LogEvent[] = []
    const program = await open({ storage: disk.storage, observer: (event) => events.push(event) }, { keep: 1 })
    await program.append(1, 2600)
    await program.publish(bytes('one'))
    await program.append(1, 2600)
    await program.publish(bytes('three'))
    await program.publish(bytes('three'))
    await program.close()
    const told = events.flatMap((event) => (event.kind === 'other' ? [event] : []))
    expect(told.map(({ name }) => name)).toEqual(['checkpoint', 'checkpoint', 'checkpoint'])
    const none = { created: false, bytes: 0, kept: 1, removed: 0, segments: 0 }
    expect(told.map(({ details }) => details)).toMatchObject([
      { sequence: 1, name: named(1), created: true, bytes: 3, kept: 1, removed: 0, segments: 0, floor: 2 },
      { sequence: 2, name: named(2), created: true, bytes: 5, kept: 1, removed: 1, segments: 1, floor: 3 },
      { sequence: 2, name: named(2), floor: 3, ...none },
    ])
    for (const { details } of told) expect(details.ms).toBeGreaterThanOrEqual(0)
    const kinds = events.map(({ kind }) => kind)
    expect(kinds.indexOf('other')).toBeGreaterThan(kinds.indexOf('reclaimed'))
    expect(kinds.at(-1)).toBe('closed')
  })

  it('hears nothing of a publish that fails: its caller does', async () => {
    const disk = new TracedStorage({ isAsync })
    const events: LogEvent[] = []
    const program = await open({ storage: disk.storage, observer: (event) => events.push(event) })
    await program.append(1)
    disk.failOn(/^rename /)
    await failure('IO', () => program.publish(bytes('one')))
    await program.close()
    expect(events.filter(({ kind }) => kind === 'other')).toEqual([])
  })
})
