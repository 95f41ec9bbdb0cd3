import { memoryStorage } from '@varve/storage-memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { smallGeometry } from '../support/damage-image.ts'
import { plain, readAllSync } from '../support/log-records.ts'
import { anyUnits, appendUnits, recordsOf } from '../support/log-units.ts'

const anyLog = fc.record({ units: anyUnits, closed: fc.boolean() })

describe('reading', () => {
  it('gives what was written, in every way there is to read', () => {
    fc.assert(
      fc.property(anyLog, ({ units, closed }) => {
        const storage = memoryStorage()
        const written = openLogSync({ storage, ...smallGeometry })
        appendUnits(written, units)
        if (closed) written.closeSync()
        const log = closed ? openLogSync({ storage, ...smallGeometry }) : written
        const records = recordsOf(units)
        expect(readAllSync(log)).toEqual(records)
        const replayed: unknown[] = []
        log.replaySync((record) => replayed.push(plain({ ...record, payload: record.payload.slice() })))
        expect(replayed).toEqual(records)
        for (const record of records) {
          const got = log.getSync(record.sequence)
          expect(got && plain(got)).toEqual(record)
        }
        expect(log.getSync(records.length + 1)).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })

  it('of a range gives that part of the whole', () => {
    fc.assert(
      fc.property(anyLog, fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { maxLength: 20 }), ({ units }, ranges) => {
        const log = openLogSync({ storage: memoryStorage(), ...smallGeometry })
        appendUnits(log, units)
        const records = recordsOf(units)
        for (const [a, b] of ranges) {
          const [from, to] = [a + 1, b + 1]
          expect(readAllSync(log, { from, to })).toEqual(records.slice(from - 1, Math.max(from - 1, to)))
          expect(readAllSync(log, { from })).toEqual(records.slice(from - 1))
          expect(readAllSync(log, { to })).toEqual(records.slice(0, to))
          const count = Math.max(0, Math.min(to, records.length) - from + 1)
          expect(log.replaySync(() => undefined, { from, to })).toBe(count)
        }
      }),
      { numRuns: 60 },
    )
  })
})
