import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { parseArguments, UsageError } from '../src/arguments.ts'
import { runBench } from '../src/bench.ts'
import type { Row } from '../src/row.ts'

const tiny = {
  singles: 5,
  groups: 3,
  rounds: 2,
  recordsPerRound: 2000,
  getsMs: 5,
  tailRounds: 1,
  rotations: 3,
  checkpointedLogBytes: 2 ** 20,
  reopens: 2,
  memoryLogBytes: 2 ** 20,
  memoryProcesses: 1,
}

it('measures everything, and leaves nothing on the disk', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'varve-bench-test-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  const shown: Row[] = []
  const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source']
  const rows = await runBench({ scale: tiny, directory, flags, onRows: (more) => shown.push(...more) })
  expect(shown).toEqual(rows)
  expect(new Set(rows.map(({ group }) => group)).size).toBe(13)
  for (const { name, value } of rows) {
    expect(value.samples, name).toBeGreaterThan(0)
    if (!name.startsWith('the library')) expect(value.median, name).toBeGreaterThan(0)
  }
  const recovered = rows.filter(({ name }) => name.startsWith('open with verify all'))
  expect(recovered.map(({ name }) => name.replace(/\d+ records/, ''))).toEqual([
    'open with verify all, replay: 0.125 MiB, ',
    'open with verify all, replay: 0.5 MiB, ',
    'open with verify all, replay: 1 MiB, ',
  ])
  expect(readdirSync(directory)).toEqual([])
})

it('hears its arguments, and refuses what it does not know', () => {
  const args = ['--quick', '--json', 'out.json', '--dir', 'there']
  expect(parseArguments(args)).toEqual({ quick: true, json: 'out.json', directory: 'there' })
  expect(parseArguments([])).toEqual({ quick: false, json: undefined, directory: undefined })
  expect(() => parseArguments(['--quik'])).toThrow(UsageError)
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source']
  const { status, stderr } = spawnSync(process.execPath, [...flags, main, '--quik'], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toContain('usage: pnpm bench')
})
