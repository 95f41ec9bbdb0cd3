import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseArguments, UsageError } from '../src/arguments.ts'

const none = { quick: false, filter: undefined, json: undefined, html: undefined, directory: undefined, list: false }

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source']
  return spawnSync(process.execPath, [...flags, main, ...args], { encoding: 'utf8' })
}

describe('arguments', () => {
  it('are heard', () => {
    const files = ['--json', 'out.json', '--html', 'out.html', '--dir', 'there']
    expect(parseArguments(['--quick', '--filter', 'durable .* x 64', ...files, '--list'])).toEqual({
      quick: true,
      filter: /durable .* x 64/u,
      json: 'out.json',
      html: 'out.html',
      directory: 'there',
      list: true,
    })
    expect(parseArguments([])).toEqual(none)
  })

  it.each([['--quik'], ['--filter'], ['--filter', '('], ['something']])('%s %s is refused', (...args) => {
    expect(() => parseArguments(args)).toThrow(UsageError)
  })
})

describe('the command', () => {
  it('says how it is used when it does not understand', () => {
    const { status, stderr } = run('--quik')
    expect(status).toBe(2)
    expect(stderr).toContain('usage: pnpm bench')
  })

  it('names what it would measure', () => {
    const { status, stdout } = run('--quick', '--list', '--filter', '^durable 256 B')
    expect(status).toBe(0)
    expect(stdout.trim().split('\n')).toEqual([1, 16, 64, 256, 1024].map((many) => `durable 256 B x ${many}`))
  })

  it('does nothing when no name matches', () => {
    const { status, stderr } = run('--filter', 'no such thing')
    expect(status).toBe(2)
    expect(stderr).toContain('no measurement has a name that matches')
  })
})
