import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { machineFacts, whenLine } from '../../src/report/facts.ts'
import { readResult } from '../../src/report/read-result.ts'
import { inventedMachine, inventedResult } from '../support/invented-result.ts'

const main = fileURLToPath(new URL('../../src/report/main.ts', import.meta.url))
const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source']

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'varve-bench-report-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  return directory
}

function run(...args: string[]): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [...flags, main, ...args], { encoding: 'utf8' })
}

it('makes a page and the document of what a run has written', () => {
  const directory = temporary()
  const result = join(directory, 'result.json')
  writeFileSync(result, JSON.stringify(inventedResult()))
  expect(run('html', result, join(directory, 'page.html'))).toMatchObject({ status: 0, stderr: '' })
  expect(run('docs', result, directory)).toMatchObject({ status: 0, stderr: '' })
  for (const name of ['page.html', 'BENCHMARKS.md', 'benchmarks']) expect(existsSync(join(directory, name))).toBe(true)
})

it('says how it is used', () => {
  for (const args of [[], ['html', 'result.json']]) {
    const { status, stderr } = run(...args)
    expect(status).toBe(2)
    expect(stderr).toContain('usage: pnpm bench:docs')
  }
})

it('refuses what is no result', () => {
  const file = join(temporary(), 'other.json')
  for (const other of [null, {}, { ...inventedResult(), plots: undefined }]) {
    writeFileSync(file, JSON.stringify(other))
    expect(() => readResult(file)).toThrow('is not what pnpm bench --json writes')
  }
  writeFileSync(file, JSON.stringify(inventedResult()))
  expect(readResult(file)).toEqual(JSON.parse(JSON.stringify(inventedResult())))
})

it('tells machine and time in words', () => {
  const options = { scale: 'full', peers: ['a', 'b'], missing: [] }
  expect(machineFacts({ machine: { ...inventedMachine, fileSystem: 'ext4' }, options })).toEqual([
    { name: 'node', value: 'v24.0.0' },
    { name: 'platform', value: 'linux x64' },
    { name: 'kernel', value: '6.1.0' },
    { name: 'cpu', value: 'Invented <Processor>' },
    { name: 'cpus', value: '2' },
    { name: 'memory', value: '8 GiB' },
    { name: 'load average', value: '0.5' },
    { name: 'packages', value: 'as built' },
    { name: 'scale', value: 'full' },
    { name: 'file system', value: 'ext4' },
    { name: 'peers', value: 'a, b' },
  ])
  expect(whenLine({ began: '2031-02-03T04:05:06.000Z', seconds: 59.6 })).toBe('2031-02-03 04:05 UTC, 60 s')
})
