import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseArguments, UsageError, type TortureArguments } from '../../src/arguments.ts'
import { run } from '../../src/run/command.ts'

const directory = mkdtempSync(join(tmpdir(), 'varve-report-'))
afterAll(() => { rmSync(directory, { recursive: true }) })

async function command(args: readonly string[], isTerminal = false): Promise<{ ok: boolean; text: string }> {
  let text = ''
  const screen = { isTerminal, write: (part: string) => { text += part } }
  const ok = await run(parseArguments(args) as TortureArguments, screen, new AbortController().signal)
  return { ok, text }
}

describe('the command', () => {
  it('lists what there is', async () => {
    const { ok, text } = await command(['--list', '--profile', 'btrfs'])
    expect(ok).toBe(true)
    expect(text.split('\n').filter((line) => line !== '').every((line) => line.includes('btrfs'))).toBe(true)
  })

  it('refuses to do nothing', async () => {
    await expect(command(['--only', 'no such case'])).rejects.toThrow(UsageError)
  })

  it('plays a tape with everything that happens', async () => {
    const { ok, text } = await command(['--replay', 'short:1-z10-1'])
    expect(ok).toBe(true)
    expect(text).toMatch(/^process 1 starts\nlock: THE PROCESS DIES\n/)
    expect(text).toMatch(/no promise was broken\n$/)
  })

  it('runs, says what it saw, and writes a report that needs nothing else', async () => {
    const args = ['--seconds', '1.5', '--only', '^(planted|swarm-plain-sync-decaying-disk)$', '--report', directory]
    const { ok, text } = await command(args, true)
    expect(ok).toBe(true)
    expect(text).toMatch(/states after a crash looked at in .* s/)
    expect(text).toMatch(/no promise was broken/)
    const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as Record<string, unknown>
    expect(report).toMatchObject({ isGreen: true, complaints: [], simulated: { failures: [], seed: 1 } })
    const page = readFileSync(join(directory, 'report.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain('Every promise held.')
    expect(page).not.toMatch(/(?:src|href)=/)
    expect(existsSync(join(directory, 'report.html'))).toBe(true)
  })
})
