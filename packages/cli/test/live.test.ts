import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeStorage, openLog, type Log } from 'varve'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { varve } from './support/terminal.ts'

let directory = ''
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const started: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'varve-cli-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

async function opened(): Promise<Log> {
  return await openLog(directory, { segmentBytes: 8192, blockBytes: 512 })
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const onDisk = { storage: (path: string) => nodeStorage(path) }

describe('beside a living writer', () => {
  it('inspect, verify, cat and get look on, and what writes is told that it is locked', async () => {
    const log = await opened()
    const verdicts = new Set<number>()
    for (let n = 0; n < 40; n += 1) {
      await log.append(bytes(`record ${n} ${'x'.repeat(500)}`))
      if (n % 8 !== 0) continue
      for (const command of ['inspect', 'verify', 'stats', 'cat']) {
        verdicts.add((await varve([command, directory], onDisk)).code)
      }
      expect((await varve(['get', directory, String(n + 1)], onDisk)).out).toContain(`record ${n} `)
    }
    expect([...verdicts]).toEqual([0])
    for (const line of [['append', directory], ['reclaim', directory]]) {
      const { code, err } = await varve(line, onDisk)
      expect([code, err]).toEqual([4, expect.stringContaining('error LOCKED')])
    }
    await log.close()
  })

  it('tail --follow prints what is appended, and Ctrl-C is exit code 130', async () => {
    const log = await opened()
    await log.append(bytes('before'))
    const controller = new AbortController()
    let seen = ''
    const followed = varve(['tail', directory, '-f', '--json'], {
      ...onDisk,
      interrupt: controller.signal,
      onOutput: (text) => {
        seen += text
        if (seen.includes('third')) controller.abort()
      },
    })
    for (const word of ['second', 'third']) await log.append(bytes(word))
    expect((await followed).code).toBe(130)
    expect(seen.trim().split('\n').map((line) => (JSON.parse(line) as { text: string }).text)).toEqual([
      'before',
      'second',
      'third',
    ])
    await log.close()
  })
})

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  said: string
}

/** Runs the command in a process of its own. */
function start(...line: string[]): Started {
  const child = spawn(process.execPath, ['--conditions=@varve/source', main, ...line], { stdio: 'pipe' })
  started.push(child)
  const process_ = { child, ended: new Promise<number | null>((resolve) => child.on('exit', resolve)), said: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => { process_.said += data.toString() })
  }
  return process_
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a process of its own', () => {
  it('ends with 130 when it is interrupted while it follows or reads input', async () => {
    const log = await opened()
    await log.append(bytes('hello'))
    await log.close()
    const tail = start('tail', directory, '-f')
    await until(() => tail.said.includes('hello'))
    tail.child.kill('SIGINT')
    expect([await tail.ended, tail.said]).toEqual([130, 'hello\n'])
    const append = start('append', directory)
    append.child.stdin?.write('more\n')
    await until(() => append.said.includes('2\n'))
    append.child.kill('SIGINT')
    expect([await append.ended, append.said]).toEqual([130, '2\n1 record acknowledged: 2\n'])
    expect((await varve(['inspect', directory], onDisk)).out).toContain('last.clean-shutdown')
  })

  it('ends quietly when nobody reads on', async () => {
    const log = await opened()
    for (let n = 0; n < 400; n += 1) log.enqueue(bytes('y'.repeat(1000)))
    await log.close()
    const cat = start('cat', directory)
    await until(() => cat.said !== '')
    cat.child.stdout?.destroy()
    expect([await cat.ended, cat.said.replaceAll(/[y\n]/g, '')]).toEqual([0, ''])
  })
})
