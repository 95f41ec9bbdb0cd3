import { describe, expect, it } from 'vitest'
import type { FullReport } from '../../src/report/full-report.ts'
import { htmlReport } from '../../src/report/html.ts'
import { escaped } from '../../src/report/html-text.ts'
import { realLines, zooLines } from '../../src/report/other-lines.ts'

const zoo: NonNullable<FullReport['zoo']> = {
  mutants: [
    {
      name: 'early <ack>',
      hazard: 'acknowledged too early',
      isCanary: true,
      caught: true,
      by: 'short',
      violation: 'lost',
      tape: [],
      states: 12,
      looked: 40,
      statesMax: 100,
      ms: 5,
      otherModes: [],
    },
    {
      name: 'survivor',
      hazard: 'unseen',
      isCanary: false,
      caught: false,
      by: undefined,
      violation: undefined,
      tape: [],
      states: 100,
      looked: 100,
      statesMax: 100,
      ms: 5,
      otherModes: [],
    },
  ],
  missed: ['survivor'],
  canary: 'caught',
  unmutated: 'clean',
  ok: false,
}

const real: NonNullable<FullReport['real']> = {
  seed: 1,
  ran: [
    {
      name: 'kill-9',
      proves: 'kills',
      rounds: 3,
      records: 99,
      counts: { kills: 3 },
      violations: [{ round: 2, promised: '5 records', found: '4', circumstances: 'sync' }],
      notes: ['a note'],
    },
  ],
  skipped: [{ name: 'power-loss-xfs', proves: 'power', reason: 'mkfs.xfs is not there' }],
  aborted: [{ name: 'small-disk', proves: 'space', reason: 'mount failed' }],
}

const report: FullReport = {
  machine: 'Node <here>',
  simulated: {
    seed: 1,
    seconds: 2,
    looked: 10,
    states: 5,
    lives: 5,
    cases: [
      {
        name: 'short',
        looksFor: 'this & that',
        storage: 'simulated',
        durability: 'sync',
        profile: 'xfs',
        engine: 'exhaustive',
        verdict: 'broken',
        seconds: 2,
        looked: 10,
        states: 5,
        lives: 5,
        isComplete: false,
      },
    ],
    probes: { 'fault.io': 3, 'fault.stall': 0 },
    missedProbes: ['fault.stall'],
    failures: [
      {
        case: 'short',
        looksFor: 'this',
        violation: 'gone',
        replay: 'short:1',
        found: 'short:1-2',
        timeline: ['<died>'],
      },
    ],
  },
  zoo,
  real,
  isGreen: false,
  complaints: ['1 cases broke a promise'],
}

describe('the page', () => {
  const page = htmlReport(report)

  it('has the verdict, the matrix, the timeline of failures, the zoo and what was not run', () => {
    const texts = ['Not green.', 'simulated / sync', '&lt;died&gt;', 'early &lt;ack&gt;', 'nothing', 'mkfs.xfs']
    for (const text of texts) {
      expect(page).toContain(text)
    }
    expect(page).toContain("pnpm torture --replay 'short:1'")
    expect(page).toContain('5 records')
    expect(page).toContain('broken, out of time')
  })

  it('shows text as text', () => {
    expect(page).not.toContain('<here>')
    expect(page).not.toContain('<died>')
    expect(escaped(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;')
  })
})

describe('the lines for a terminal', () => {
  it('name what nothing caught, and what was broken or not run', () => {
    expect(zooLines(zoo).join('\n')).toMatch(/survivor +MISSED/)
    expect(realLines(real).join('\n')).toMatch(/power-loss-xfs: skipped: mkfs.xfs is not there/)
  })
})
