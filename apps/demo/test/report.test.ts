import { describe, expect, it } from 'vitest'
import { count, counted, percentile } from '../src/format.ts'
import { Ledger } from '../src/ledger.ts'
import { report } from '../src/report.ts'
import { readSourceFile } from '../src/source-file.ts'
import { recovery } from './support/recovery.ts'
import { temporaryFile } from './support/temporary.ts'

describe('the report', () => {
  it('tells what happened', () => {
    const ledger = new Ledger()
    ledger.opened(1, recovery(0))
    ledger.acknowledge(1, [1, 2], 0.25)
    const discarded = { file: 'f', position: 1, bytes: 2, evidence: 'e', headers: 0 }
    ledger.opened(2, recovery(3, { carriedRecords: 1, discarded }))
    ledger.acknowledge(2, [4], 4)
    const course = { kills: 3, killsWhileOpening: 1, writingMs: 1500, seed: 5, directory: '/d', kept: false }
    const verified = { records: 5, payloadBytes: 3_000_000, segments: 2, frameBytes: 4_000_000 }
    const source = readSourceFile(temporaryFile('a\nb\n'))
    expect(report(course, source, ledger, verified).split('\n')).toEqual([
      '  records       5: 2.5 times the 2 lines',
      '  acknowledged  3; the others were on their way when their child was killed',
      '  kills         3, of them 1 before the log was open',
      '  hand-overs    1, which wrote 1 unproven record again',
      '  torn tails    1 discarded',
      '  bytes         3.0 MB of lines, 4.0 MB of frames',
      '  segments      2',
      '  speed         2.0 MB/s of lines while a child wrote (1.5 s)',
      '  sync          p50 4.00 ms, p99 4.00 ms',
      '  log           /d (removed)',
      '  seed          5',
      '',
    ])
  })
})

describe('numbers', () => {
  it('are readable', () => {
    expect(count(1_234_567)).toBe('1,234,567')
    expect(counted(1, 'line')).toBe('1 line')
    expect(counted(0, 'line')).toBe('0 lines')
  })

  it('have percentiles', () => {
    const values = Array.from({ length: 100 }, (_, at) => 100 - at)
    expect(percentile(values, 0.5)).toBe(51)
    expect(percentile(values, 0.99)).toBe(100)
    expect(percentile([7], 1)).toBe(7)
    expect(percentile([], 0.5)).toBe(0)
  })
})
