import { describe, expect, it } from 'vitest'
import { parseArguments } from '../src/power-loss/arguments.ts'
import type { Round } from '../src/power-loss/round.ts'
import { tableLines, tally, violations } from '../src/power-loss/table.ts'

function round(changes: Partial<Round>): Round {
  return {
    browser: 'chromium',
    condition: 'old',
    durability: 'sync',
    names: 'device',
    delayMs: 1,
    acknowledged: 10,
    segmentsRemoved: 2,
    outcome: 'kept',
    lost: 0,
    row: 'last.clean-end',
    segments: 3,
    detail: '',
    ...changes,
  }
}

describe('the arguments of the power loss', () => {
  it('name browsers, conditions, rounds and a seed', () => {
    const all = { browsers: ['chromium', 'firefox'], conditions: ['old', 'young', 'naive'] }
    expect(parseArguments([])).toMatchObject(all)
    const args = ['--browser', 'firefox', '--condition', 'young', '--rounds', '2', '--seed', '7', '--json', 'f']
    expect(parseArguments([...args, '--full-disk'])).toEqual({
      browsers: ['firefox'],
      conditions: ['young'],
      rounds: 2,
      seed: 7,
      json: 'f',
      fullDisk: true,
    })
    expect(parseArguments(['--condition', 'none']).conditions).toEqual([])
  })

  it.each([['--browser', 'safari'], ['--condition', 'new'], ['--rounds', '0'], ['--seed', 'x'], ['--nothing']])(
    'are refused: %s',
    (...args) => {
      expect(() => parseArguments(args)).toThrow(/is none of|is no number|Unknown option/)
    },
  )
})

describe('what power losses showed', () => {
  it('is counted for each browser and condition', () => {
    const rounds = [round({}), round({ outcome: 'lost', lost: 4 }), round({ browser: 'firefox', condition: 'young' })]
    const [old, young, ...rest] = tally(rounds)
    expect(rest).toEqual([])
    expect(old).toMatchObject({ browser: 'chromium', rounds: 2, acknowledged: 20, segmentsRemoved: 4, lost: 4 })
    expect(old?.outcomes).toMatchObject({ kept: 1, lost: 1, gone: 0 })
    expect(young).toMatchObject({ browser: 'firefox', condition: 'young', rounds: 1 })
    expect(tableLines(tally(rounds)).at(-1)).toBe('| firefox | young | 1 | 10 | 2 | 0 | 1 | 0 | 0 | 0 | 0 |')
  })

  it('is a failure when anything is lost although names were durable, or false whatever they were', () => {
    const gone = round({ names: 'eventual', condition: 'young', outcome: 'gone', lost: 9 })
    expect(violations([round({}), gone])).toEqual([])
    const detail = 'record 7'
    expect(violations([round({ outcome: 'lost', lost: 1, detail })])).toEqual([
      'chromium, old: lost, 1 acknowledged records lost: record 7',
    ])
    expect(violations([round({ outcome: 'unreadable' })])).toHaveLength(1)
    expect(violations([round({ names: 'eventual', condition: 'young', outcome: 'false' })])).toHaveLength(1)
  })

  it('is a failure when even the naive adapter loses nothing', () => {
    const naive = (outcome: Round['outcome']): Round => round({ condition: 'naive', outcome })
    expect(violations(Array.from({ length: 5 }, () => naive('kept')))).toEqual([
      'chromium, naive: nothing was lost, so that these cuts show nothing',
    ])
    expect(violations([...Array.from({ length: 4 }, () => naive('kept')), naive('lost')])).toEqual([])
  })
})
