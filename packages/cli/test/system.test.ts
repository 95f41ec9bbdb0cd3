import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { nodeSystem, type NodeProcess } from '../src/node-system.ts'
import { bar } from '../src/output/bar.ts'
import { Output } from '../src/output/output.ts'
import { ProgressBar } from '../src/output/progress-bar.ts'
import { styleFor } from '../src/output/style.ts'
import { wrap } from '../src/output/table.ts'
import { count, range, size } from '../src/output/units.ts'
import { lossText, lossWord } from '../src/present/plan.ts'
import { varve } from './support/terminal.ts'

function fakeProcess(stdout: Writable = new PassThrough()): NodeProcess & { readonly listeners: (() => void)[] } {
  const listeners: (() => void)[] = []
  return {
    stdin: new PassThrough(),
    stdout: Object.assign(stdout, { isTTY: true, columns: 77 }),
    stderr: new PassThrough(),
    env: {},
    once: (_event, listener) => listeners.push(listener),
    listeners,
  }
}

describe('the system of a process', () => {
  it('reads, writes, tells the time, and is interrupted', async () => {
    const process_ = fakeProcess()
    const system = nodeSystem(process_)
    expect([system.stdout.isTerminal, system.stdout.columns, system.stdin.isTerminal]).toEqual([true, 77, false])
    process_.stdin.push('in')
    const { value } = (await system.stdin[Symbol.asyncIterator]().next()) as { value: Uint8Array }
    expect(String(value)).toBe('in')
    await system.stdout.write('out')
    expect(String((process_.stdout as unknown as PassThrough).read())).toBe('out')
    expect(system.now()).toBeGreaterThan(1e12)
    for (const listener of process_.listeners) listener()
    expect([system.interrupt.aborted, process_.stdin.destroyed]).toEqual([true, true])
  })

  it('rejects a write that fails, and does not end the process', async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => { done(new Error('broken')) } })
    await expect(nodeSystem(fakeProcess(broken)).stdout.write('out')).rejects.toThrow('broken')
  })

  it('has the storage of a directory, which it does not create', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'varve-cli-'))
    const storage = nodeSystem(fakeProcess()).storage(directory)
    expect(await storage.list()).toEqual([])
    await storage.close()
    rmSync(directory, { recursive: true })
  })
})

describe('the program', () => {
  it('runs the command line of its process', async () => {
    const { argv, exitCode } = process
    let text = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk, encoding?: unknown, done?: unknown) => {
      text += String(chunk)
      for (const each of [encoding, done]) if (typeof each === 'function') (each as () => void)()
      return true
    })
    process.argv = ['node', 'varve', 'help', 'exit-codes']
    await import('../src/main.ts')
    vi.restoreAllMocks()
    expect([process.exitCode, text]).toEqual([0, expect.stringContaining('interrupted by Ctrl-C')])
    process.argv = argv
    process.exitCode = exitCode
  })
})

describe('colour', () => {
  it('may be asked for in one word or two', async () => {
    for (const line of [['--color', 'always'], ['--color=always']]) {
      expect((await varve(['help', 'exit-codes', ...line])).out).toContain('\u001b[')
    }
  })

  const terminal = { isTerminal: true, columns: 80, write: () => Promise.resolve() }
  const pipe = { ...terminal, isTerminal: false }
  const isColoured = (...given: Parameters<typeof styleFor>): boolean => styleFor(...given).bold('x') !== 'x'

  it('is for terminals, unless somebody says otherwise; the command line wins', () => {
    expect(isColoured(terminal, {})).toBe(true)
    expect(isColoured(pipe, {})).toBe(false)
    expect(isColoured(terminal, { TERM: 'dumb' })).toBe(false)
    expect(isColoured(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
    expect(isColoured(terminal, { NO_COLOR: '' })).toBe(true)
    expect(isColoured(pipe, { FORCE_COLOR: '1' })).toBe(true)
    expect(isColoured(terminal, { FORCE_COLOR: '0' })).toBe(false)
    expect(isColoured(pipe, { NO_COLOR: '1' }, 'always')).toBe(true)
    expect(isColoured(terminal, { FORCE_COLOR: '1' }, 'never')).toBe(false)
    expect(styleFor(terminal, {}).bold('')).toBe('')
  })
})

describe('numbers for people', () => {
  it('have three digits and a unit, or groups of three', () => {
    expect([0, 1023, 1024, 10_000, 1024 ** 2 * 9.94, 1024 ** 2 - 1, 2 ** 50].map(size)).toEqual([
      '0 B', '1023 B', '1.0 KiB', '9.8 KiB', '9.9 MiB', '1.0 MiB', '1024 TiB',
    ])
    expect([0, 999, 1000, 1_234_567].map(count)).toEqual(['0', '999', '1,000', '1,234,567'])
    const ranges = [range(1, 3), range(5, 5), range(4, 3), range(5, undefined), range(undefined, 3)]
    expect(ranges).toEqual(['1-3', '5', 'none', '5-?', 'unknown'])
  })

  it('say that a loss is not known where it is not', () => {
    const lost = [{ firstSequence: 5, lastSequence: undefined }]
    expect([lossText(lost), lossWord({ lost })]).toEqual(['records 5-?, nobody knows how many', 'unknown'])
  })

  it('draw bars that are never longer than they may be', () => {
    expect([bar(-1, 2), bar(0.5, 2), bar(7, 2)]).toEqual(['\u2591\u2591', '\u2588\u2591', '\u2588\u2588'])
  })
})

describe('text', () => {
  it('is broken at spaces, and a word that is too long is left whole', () => {
    expect(wrap('one two three', 9, '  ')).toEqual(['  one two', '  three'])
    expect(wrap('a incomprehensibilities', 5)).toEqual(['a', 'incomprehensibilities'])
  })

  it('and bytes are handed on in order', async () => {
    const seen: string[] = []
    const sink = { isTerminal: false, columns: undefined, write: async (data: unknown) => { seen.push(String(data)) } }
    const out = new Output(sink, styleFor(sink, {}), false)
    out.line('a')
    out.print(Uint8Array.of(1, 2))
    out.object({ bytes: Uint8Array.of(255) })
    await out.flush()
    expect([seen, out.columns]).toEqual([['a\n', '1,2', '{"bytes":"ff"}\n'], 80])
  })
})

describe('a progress bar', () => {
  it('is drawn at most ten times a second, with a rate, and taken away', async () => {
    let text = ''
    let nowMs = 0
    const sink = { isTerminal: true, columns: 70, write: async (data: unknown) => { text += String(data) } }
    const bar_ = new ProgressBar(new Output(sink, styleFor(sink, {}, 'never'), false), { now: () => nowMs })
    for (nowMs = 0; nowMs <= 1000; nowMs += 50) bar_.show(nowMs * 1024, 2000 * 1024)
    bar_.show(0, 0)
    await bar_.end()
    const drawn = text.split('\r')
    expect(drawn).toHaveLength(12)
    expect(drawn.at(-2)).toContain(' 50 %  1000 KiB of 2.0 MiB, 1000 KiB/s')
    expect(drawn.at(-1)).toBe('\u001b[K')
  })

  it('of nothing is full', async () => {
    let text = ''
    const sink = { isTerminal: true, columns: 40, write: async (data: unknown) => { text += String(data) } }
    let nowMs = 0
    const bar_ = new ProgressBar(new Output(sink, styleFor(sink, {}, 'never'), false), { now: () => nowMs })
    nowMs = 500
    bar_.show(0, 0)
    await bar_.end()
    expect(text).toContain('100 %')
  })

  it('whose terminal goes away says so at its end', async () => {
    const sink = { isTerminal: true, columns: 70, write: () => Promise.reject(new Error('gone')) }
    let nowMs = 0
    const bar_ = new ProgressBar(new Output(sink, styleFor(sink, {}), false), { now: () => nowMs })
    nowMs = 500
    bar_.show(1, 2)
    await expect(bar_.end()).rejects.toThrow('gone')
  })
})
