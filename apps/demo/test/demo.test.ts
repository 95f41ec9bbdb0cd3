import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { openLog } from 'varve'
import { describe, expect, it } from 'vitest'
import { UsageError, type DemoArguments } from '../src/arguments.ts'
import { runDemo } from '../src/demo.ts'
import { paper } from './support/screen.ts'
import { temporaryDirectory, temporaryFile } from './support/temporary.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const flags = ['--conditions=@varve/source', '--no-warnings']

/** Lines of all kinds: empty, long, with a carriage return, no UTF-8. */
const text = Buffer.concat([
  Buffer.from(`\n\r\n${'long '.repeat(3000)}\nplain\nplain\n`),
  Buffer.from([0xff, 0xfe, 0x0a]),
  Buffer.from('the last one has no line feed'),
])

function argumentsFor(changes: Partial<DemoArguments>): DemoArguments {
  const file = temporaryFile(text)
  return { file, seed: 1, kills: 3, directory: undefined, keep: false, dishonest: false, ...changes }
}

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [...flags, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

interface Ended {
  readonly status: unknown
  readonly output: string
  readonly errors: string
}

async function ended(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => { output += String(chunk) })
  child.stderr.on('data', (chunk) => { errors += String(chunk) })
  const [status] = (await once(child, 'close')) as unknown[]
  return { status, output, errors }
}

describe('the demo', () => {
  it('kills, goes on, and proves that every acknowledged line is there', async () => {
    const directory = join(temporaryDirectory(), 'log')
    const screen = paper()
    expect(await runDemo(argumentsFor({ directory, keep: true }), screen, new AbortController().signal)).toBe(0)
    expect(screen.text).toContain('every acknowledged line is there, once, in order, byte for byte')
    expect(screen.text).toMatch(/^ {2}kills {9}3, of them [0-3] before/m)
    const log = await openLog(directory, { verify: 'all' })
    expect(log.recovery.cleanShutdown).toBe(true)
    expect(log.lastSequence % 7).toBe(0)
    expect(log.lastSequence).toBeGreaterThan(0)
    const last = await log.get(log.lastSequence)
    expect(Buffer.from(last?.payload ?? []).toString()).toBe('the last one has no line feed')
    await log.close()
  })

  it('removes its log when all is well', async () => {
    const screen = paper()
    expect(await runDemo(argumentsFor({ kills: 1 }), screen, new AbortController().signal)).toBe(0)
    const directory = /log {11}(\S+) \(removed/.exec(screen.text)?.[1] ?? '.'
    expect(existsSync(directory)).toBe(false)
  })

  it('fails with status 1 when a child acknowledges before it appends, and says where the log lies', async () => {
    const directory = join(temporaryDirectory(), 'log')
    const file = temporaryFile(text)
    const { status, output } = await ended(start(file, '--dishonest', '--dir', directory, '--kills', '20'))
    expect(output).toMatch(/FAILED: record \d+ is lost: records up to \d+ were acknowledged/)
    expect(output).toContain(`the log lies in ${directory}`)
    expect(status).toBe(1)
    expect(readdirSync(directory).filter((name) => name.endsWith('.varve'))).not.toEqual([])
  })

  it('verifies what there is after Ctrl-C', async () => {
    const child = start(temporaryFile(text), '--kills', '10000')
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGINT'), 1000))
    const { status, output } = await ended(child)
    expect(output).toMatch(/interrupted after \d+ kills?\nevery acknowledged line is there/)
    expect(status).toBe(130)
  })

  it('does not touch a directory that holds something', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'precious'), '')
    const run = runDemo(argumentsFor({ directory }), paper(), new AbortController().signal)
    await expect(run).rejects.toThrow(UsageError)
  })

  it('explains itself to those who ask, and to those who err', async () => {
    const [help, mistake] = await Promise.all([ended(start('--help')), ended(start('--kils'))])
    expect(help).toMatchObject({ status: 0, errors: '' })
    expect(help.output).toContain('usage: npm run demo')
    expect(mistake).toMatchObject({ status: 2, output: '' })
    expect(mistake.errors).toMatch(/Unknown option '--kils'[^]*usage:/)
  })
})
