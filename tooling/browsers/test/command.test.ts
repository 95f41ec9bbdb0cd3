import { describe, expect, it } from 'vitest'
import { parseArguments } from '../src/arguments.ts'
import { findBrowser } from '../src/driver/find.ts'
import { failureLines, slowestLines, summaryLines, totalsOf } from '../src/report/summary.ts'
import { run } from '../src/run.ts'

const results = [
  {
    browser: 'chromium',
    file: 'packages/codec/test/one.test.ts',
    milliseconds: 1500,
    tests: [{ title: 'holds', milliseconds: 1 }, { title: 'breaks', milliseconds: 2, error: 'Error: no' }],
  },
  { browser: 'chromium', file: 'tooling/browsers/src/suites/two.suite.ts', milliseconds: 500, tests: [] },
]

describe('the arguments', () => {
  it('name a browser, tests and a report', () => {
    expect(parseArguments([])).toEqual({ browsers: ['chromium', 'firefox'], only: undefined, report: undefined })
    const some = parseArguments(['--browser', 'firefox', '--only', 'codec', '--report', 'file'])
    expect(some).toEqual({ browsers: ['firefox'], only: /codec/, report: 'file' })
  })

  it.each([['--browser', 'safari'], ['--only'], ['--nothing', 'x']])('are refused: %s', (...args) => {
    expect(() => parseArguments(args)).toThrow(/there is no browser|is not understood/)
  })
})

describe('the program of a browser', () => {
  it('is what the environment names, or the first on PATH, or none', () => {
    expect(findBrowser('firefox', { FIREFOX: '/some/where', PATH: '' })).toBe('/some/where')
    expect(findBrowser('chromium', { CHROMIUM: '', PATH: '/nowhere:/nowhere/else' })).toBeUndefined()
    expect(findBrowser('firefox', {})).toBeUndefined()
  })
})

describe('the summary', () => {
  it('counts, explains and names the slowest', () => {
    expect(totalsOf(results)).toEqual({ passed: 1, failed: 1 })
    expect(failureLines(results)).toEqual([
      'FAILED chromium: packages/codec/test/one.test.ts > breaks',
      'Error: no',
      '',
    ])
    expect(summaryLines(results).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      ' packages/codec 1 files, 1 passed, 1 failed, 1.5 s',
      ' tooling/browsers/src/suites 1 files, 0 passed, 0 failed, 0.5 s',
    ])
    expect(slowestLines(results, 1)).toEqual(['     1.5 s  packages/codec/test/one.test.ts'])
  })
})

describe('a browser that is not installed', () => {
  it.each([false, true])('is told of, and is a failure where it is required: %s', async (required) => {
    const { FIREFOX, PATH } = process.env
    const lines: string[] = []
    try {
      process.env.PATH = '/nowhere'
      delete process.env.FIREFOX
      const only = /words-and-errors/
      const report = await run({ browsers: ['firefox'], only, required, print: (line) => { lines.push(line) } })
      expect(report).toEqual({ passed: 0, failed: 0, isGreen: !required })
    } finally {
      process.env.PATH = PATH
      if (FIREFOX !== undefined) process.env.FIREFOX = FIREFOX
    }
    expect(lines.at(-1)).toBe('browsers: firefox is not installed: its 1 files of tests and scenarios did not run')
  })

  it('is not asked for tests that do not exist', async () => {
    const asked = run({ browsers: [], only: /no such thing/, required: false, print: () => undefined })
    await expect(asked).rejects.toThrow('no file of tests and no scenario is like /no such thing/')
  })
})
