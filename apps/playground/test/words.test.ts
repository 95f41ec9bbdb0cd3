import { expect, test } from 'vitest'
import { VarveError, type RecoveryReport } from 'varve'
import { failureOf, locationOf } from '../src/logic/failure.ts'
import { lacksOf } from '../src/logic/lacks.ts'
import { auditWords, reportWords } from '../src/logic/report.ts'
import { isTabNews, Roster, tabName } from '../src/logic/roster.ts'

const report: RecoveryReport = {
  created: false,
  row: 'last.torn-tail',
  cleanShutdown: false,
  segments: 2,
  firstSequence: 1,
  lastSequence: 1200,
  carriedRecords: 3,
  discarded: { file: '2.varve', position: 5000, bytes: 2048, evidence: 'nothing proves it', headers: 0 },
  removedSpares: [],
  removedSegments: ['1.varve'],
  foreign: [],
  damage: [],
  notes: ['space was kept'],
}

test('a recovery is told with its row, what was carried, and what was discarded', () => {
  const words = reportWords(report).join('\n')
  expect(words).toContain('did not say goodbye')
  expect(words).toContain('2 segments with records 1–1,200.')
  expect(words).toContain('Row last.torn-tail of the recovery table, “torn”: something stands above the bad place')
  expect(words).toContain('3 records had no proof of being durable')
  expect(words).toContain('2 KiB behind byte 5,000 of 2.varve. Nothing proves it.')
  expect(words).toContain('1 segment below the floor went')
  expect(words).toContain('Note: Space was kept.')
})

test('an opening without anything to tell says so', () => {
  const clean = { cleanShutdown: true, carriedRecords: 0, discarded: undefined, removedSegments: [], notes: [] }
  const words = reportWords({ ...report, ...clean, row: undefined, lastSequence: 0 }).join('\n')
  expect(words).toBe(
    'The writer before said goodbye: nothing had to be repaired.\n2 segments with no records.\n' +
      'No record had to be carried: all were known to be durable.\nNo tail was discarded.',
  )
  expect(reportWords({ ...report, created: true })).toHaveLength(1)
})

test('an audit says how many came back, and what is missing', () => {
  const audit = { acknowledged: 9, found: 9, lost: [], unacknowledged: 0, lastAcknowledged: 9, lastRead: 9 }
  expect(auditWords(audit)).toBe('9 of 9 acknowledged records read back: nothing is missing.')
  expect(auditWords({ ...audit, unacknowledged: 2 })).toContain('2 records more had been in flight')
  expect(auditWords({ ...audit, found: 7, lost: [3, 4] })).toContain('2 of 9 acknowledged records are missing')
})

test('an error of varve keeps its code and place, and what to do is told apart from what happened', () => {
  const context = { file: '1.varve', position: 12, row: 'sealed.damage', evidence: 'a frame', firstSequence: 4 }
  const failure = failureOf(new VarveError('CORRUPT', '1.varve at byte 12: a frame; restore it', context))
  expect(failure).toMatchObject({ code: 'CORRUPT', what: '1.varve at byte 12: a frame' })
  expect(failure.advice).toContain('readOnly')
  expect(locationOf(failure.context)).toEqual({ ...context, lastSequence: undefined })
})

test('a code without advice of its own has that of its message', () => {
  expect(failureOf(new VarveError('RECORD_TOO_LARGE', 'too large; split it; or raise the limit'))).toMatchObject({
    what: 'too large',
    advice: 'split it; or raise the limit',
  })
})

test('other errors, and what is none, are told all the same', () => {
  expect(failureOf(new RangeError('out of range'))).toMatchObject({ code: 'RangeError', what: 'out of range' })
  expect(failureOf('no error')).toMatchObject({ code: 'UNKNOWN', what: 'no error' })
  expect(locationOf({})).toBeUndefined()
})

test('a browser that has everything lacks nothing, and each lack is named', () => {
  const navigator = { locks: {}, storage: { getDirectory: () => undefined } }
  const whole = { isSecureContext: true, location: { protocol: 'https:' }, Worker: {}, BroadcastChannel: {}, navigator }
  expect(lacksOf(whole)).toEqual([])
  expect(lacksOf({ ...whole, isSecureContext: false }).join()).toContain('https')
  expect(lacksOf({ ...whole, location: { protocol: 'file:' } }).join()).toContain('a server')
  expect(lacksOf({ ...whole, navigator: {} })).toHaveLength(2)
  expect(lacksOf({})).toHaveLength(5)
})

test('tabs are met once, may lead, and go; their records stay counted', () => {
  const roster = new Roster(1)
  expect(roster.hear({ tab: 1, leads: true })).toBe(false)
  expect(roster.hear({ tab: 2, leads: false })).toBe(true)
  expect(roster.hear({ tab: 2, leads: true })).toBe(false)
  for (const tab of [1, 2, 2]) roster.see(tab)
  expect([roster.tabs, roster.leader, roster.foreignRecords]).toEqual([[2], 2, 2])
  expect(roster.hear({ tab: 2, leads: false, leaves: true })).toBe(false)
  expect([roster.tabs, roster.leader, roster.foreignRecords]).toEqual([[], undefined, 2])
})

test('news of tabs are told from anything else, and a tab has a name of four digits', () => {
  expect([{ tab: 1, leads: true }, { tab: '1', leads: true }, { tab: 1 }, null, 'news'].map(isTabNews)).toEqual([
    true, false, false, false, false,
  ])
  expect(tabName(255)).toBe('00ff')
})
