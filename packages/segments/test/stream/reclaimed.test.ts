import { describe, expect, it } from 'vitest'
import { openLogSync, type StreamChunk, type StreamPosition, type SynchronousLog } from '../../src/index.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { chunksOf, small, storageOf } from '../support/replica-pair.ts'
import { appendLarge, appendSmall } from '../support/replica-parts.ts'

/** Five segments with a record each, three of which are gone, and what streamed before. */
function reclaiming(): { readonly log: SynchronousLog; readonly all: readonly StreamChunk[] } {
  const log = openLogSync({ storage: storageOf(), ...small })
  appendLarge(log, 5)
  const all = [...log.streamSync()]
  log.reclaimSync(4)
  return { log, all }
}

describe('a place in a segment that was reclaimed', () => {
  it('is told the floor and where a new copy would begin', async () => {
    const { log, all } = reclaiming()
    for (const { to } of all.filter(({ to: place }) => place.segment <= 3 && place.offset < small.segmentBytes)) {
      const { context, message } = await failure('RECLAIMED', () => [...log.streamSync(to)])
      expect(context).toEqual({ segment: to.segment, oldestSegment: 4, floor: 4 })
      expect(message).toContain('from segment 4')
    }
  })

  it('goes on if it is the very end of the last one', () => {
    const { log, all } = reclaiming()
    const end = all.findLast(({ from }) => from.segment === 3)?.to as StreamPosition
    expect(end).toMatchObject({ segment: 4, offset: 0 })
    expect([...log.streamSync(end)].slice(0, 2)).toEqual(all.filter(({ from }) => from.segment > 3).slice(0, 2))
  })

  it('is lost if SEAL or trailer is all that was missing: nobody has them any more', async () => {
    const { log, all } = reclaiming()
    const inside = all.filter(({ from, to }) => from.segment === 3 && to.segment === 3)
    expect(inside.length).toBeGreaterThan(2)
    for (const { to } of inside) await failure('RECLAIMED', () => [...log.streamSync(to)])
  })

  it('goes on behind a cut, if it is at the cut or above', async () => {
    const before = storageOf()
    appendSmall(openLogSync({ storage: before, ...small }), 3)
    const end = chunksOf(before).at(-1)?.to as StreamPosition
    const log = openLogSync({ storage: storageOf(before.snapshot()), ...small })
    appendLarge(log, 2)
    log.reclaimSync(4)
    const oldest = log.segments[0]
    expect([oldest?.index, oldest?.header.cut]).toEqual([2, end.offset])
    const next = { segment: 2, offset: 0 }
    expect([...log.streamSync(end)][0]?.from).toMatchObject(next)
    expect([...log.streamSync({ ...end, offset: end.offset + 40 })][0]?.from).toMatchObject(next)
    const [first] = segmentsOf(before.snapshot())
    const below = first?.frames[1]?.position ?? 0
    await failure('RECLAIMED', () => [...log.streamSync({ segment: 1, offset: below })])
    await failure('FOREIGN_FILE', () => [...log.streamSync({ ...end, logId: '0'.repeat(32) })])
  })
})
