import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { memoryStorage, type LogStorage } from 'varve'
import { describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../src/database.ts'
import { runRepl } from '../src/repl.ts'
import { slowDisk } from './support/storage.ts'
import { temporaryDirectory } from './support/temporary.ts'

interface Answer {
  readonly lines: readonly string[]
  readonly isDone: boolean
}

/** What it answers when all of `input` has come through a pipe. */
async function answer(database: Database, input: string): Promise<Answer> {
  const [source, target] = [new PassThrough(), new PassThrough()]
  source.end(input)
  const isDone = await runRepl(database, source, target, false)
  target.end()
  const shown: unknown[] = await target.setEncoding('utf8').toArray()
  return { lines: shown.join('').split('\n').slice(0, -1), isDone }
}

async function ask(input: string, storage: LogStorage = memoryStorage()): Promise<Answer> {
  const database = await openDatabase({ storage })
  const answered = await answer(database, input)
  await database.close()
  return answered
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

interface Ended {
  readonly status: unknown
  readonly output: string
  readonly errors: string
}

/** The program itself, with `input` through a pipe. */
async function run(args: readonly string[], input: string): Promise<Ended> {
  const flags = ['--conditions=@varve/source', '--no-warnings', main]
  const child = spawn(process.execPath, [...flags, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => { output += String(chunk) })
  child.stderr.on('data', (chunk) => { errors += String(chunk) })
  child.stdin.end(input)
  const [status] = (await once(child, 'close')) as unknown[]
  return { status, output, errors }
}

describe('the command line', () => {
  it('puts, gets, deletes and scans', async () => {
    const { lines, isDone } = await ask(
      'put a 1\nput b  two  words \n\n get b\nget c\nput c 3\nscan\nscan b\nscan a c\ndel b\nscan\n',
    )
    expect(lines).toEqual([
      'two  words', '(none)', 'a 1', 'b two  words', 'c 3', 'b two  words', 'c 3', 'a 1', 'b two  words', 'a 1', 'c 3',
    ])
    expect(isDone).toBe(true)
  })

  it('shows in a transaction what it will make, and makes nothing before commit', async () => {
    const storage = memoryStorage()
    const input = 'put a 1\nbegin\nput a 2\nput b 3\nget a\nrollback\nscan\nbegin\ndel a\nput c 4\ncommit\nscan\n'
    const { lines } = await ask(input, storage)
    expect(lines).toEqual(['2', 'a 1', 'c 4'])
    const { lines: later, isDone } = await ask('begin\nput d 5\nbegin\nget d\n', storage)
    expect(later).toEqual(['5', 'the transaction was not committed and is forgotten'])
    expect(isDone).toBe(false)
    expect((await ask('scan\n', storage)).lines).toEqual(['c 4'])
  })

  it('says in plain words what is wrong, goes on, and remembers that something was', async () => {
    const { lines, isDone } = await ask('frob\nput a\nget\nget a b\nscan a b c\nput a 1\nget a\nexit\nget a\n')
    expect(lines).toEqual([
      "there is no 'frob'; try help",
      'say it like this: put KEY VALUE',
      'say it like this: get KEY',
      'say it like this: get KEY',
      '1',
    ])
    expect(isDone).toBe(false)
  })

  it('says so when the disk fails', async () => {
    const disk = slowDisk()
    const database = await openDatabase({ storage: disk.storage })
    disk.break()
    const { lines, isDone } = await answer(database, 'put a 1\nget a\n')
    expect(lines).toEqual([expect.stringMatching(/^POISONED: .*the disk is broken/), lines[0]])
    expect(isDone).toBe(false)
    await database.close()
  })

  it('makes checkpoints, counts, and explains itself', async () => {
    const { lines } = await ask('put a 1\nput b 2\ncheckpoint\nstats\nhelp\n')
    expect(lines.slice(0, 4)).toEqual(['keys 2', 'transactions 2', 'logBytes 0', 'checkpointFailure none'])
    expect(lines.slice(4).map((line) => line.split(' ')[0])).toEqual([
      'put', 'get', 'del', 'scan', 'begin', 'commit', 'rollback', 'checkpoint', 'stats', 'help', 'exit',
    ])
  })

  it('keeps a database in a directory, and its status says whether all was done', async () => {
    const directory = temporaryDirectory()
    expect(await run([directory], 'put a 1\nget a\n')).toEqual({ status: 0, output: '1\n', errors: '' })
    expect(await run([directory], 'get a\nfrob\n')).toMatchObject({ status: 1, errors: '' })
    expect(await run([], 'get a\n')).toEqual({ status: 0, output: '(none)\n', errors: '' })
    expect(await run(['--help'], '')).toMatchObject({
      status: 1,
      output: '',
      errors: expect.stringContaining('usage: pnpm kv') as string,
    })
  })

  it('says who has the database already', async () => {
    const directory = temporaryDirectory()
    const database = await openDatabase(directory)
    const { status, errors } = await run([directory], 'get a\n')
    expect(status).toBe(1)
    expect(errors).toMatch(/^LOCKED: /)
    await database.close()
  })
})
