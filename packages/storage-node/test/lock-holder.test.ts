import { readFileSync, utimesSync, writeFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realFs } from '../src/fs.ts'
import { nodeStorage, type NodeStorageOptions } from '../src/index.ts'
import { errno, failure, fsWith, systemWith } from './support/faults.ts'
import { temporaryDirectory } from './support/temporary.ts'

const first = 'lock-00000001'

type Fields = Record<string, unknown>;

/** A directory whose lock is held by this process, as far as the file tells. */
function heldDirectory(changes: Fields = {}, options: NodeStorageOptions = {}): string {
  const directory = temporaryDirectory()
  void nodeStorage(directory, { ...options, synchronous: true }).lock()
  const [state = '', json = ''] = readFileSync(join(directory, first), 'utf8').split('\n')
  const holder = { ...(JSON.parse(json) as Fields), ...changes }
  writeFileSync(join(directory, first), `${state}\n${JSON.stringify(holder)}\n`)
  return directory
}

async function taken(directory: string, options?: NodeStorageOptions): Promise<void> {
  expect((await nodeStorage(directory, options).lock()).generation).toBe(2)
}

async function refused(directory: string, message: RegExp, options?: NodeStorageOptions): Promise<void> {
  const error = await failure('LOCKED', () => nodeStorage(directory, options).lock())
  expect(error.message).toMatch(message)
}

/** A system without /proc, as macOS is. */
const bare: NodeStorageOptions = {
  fs: fsWith({
    readFileSync: () => { throw errno('ENOENT') },
    readlinkSync: () => { throw errno('ENOENT') },
  }),
  system: systemWith({ platform: 'darwin' }),
}

function procStat(text: string): NodeStorageOptions {
  return {
    fs: fsWith({
      readFileSync: (path, encoding) => (path.endsWith('/stat') ? text : realFs.readFileSync(path, encoding)),
    }),
  }
}

describe('a holder', () => {
  it('that is this process is refused, and told so', () =>
    refused(heldDirectory(), /that is this process itself, perhaps another thread of it: close it first/))

  it('whose process ended is dead', () =>
    taken(heldDirectory({ pid: 2 ** 30 })))

  it('that died while it gave the lock back, in the middle of a word, is judged like any other', async () => {
    const torn = (landed: number, changes: Fields): string => {
      const directory = heldDirectory(changes)
      const text = readFileSync(join(directory, first), 'utf8')
      writeFileSync(join(directory, first), 'released'.slice(0, landed) + text.slice(landed))
      return directory
    }
    for (const landed of [1, 4, 7]) {
      await taken(torn(landed, { pid: 2 ** 30 }))
      await refused(torn(landed, {}), /that is this process itself/)
    }
    await taken(torn(8, {}))
  })

  it('whose process number another process has by now is dead', () =>
    taken(heldDirectory({ started: '1' })))

  it('whose process ended and was not waited for is dead', async () => {
    const { started } = JSON.parse(readFileSync(join(heldDirectory(), first), 'utf8').split('\n')[1] ?? '') as Fields
    const fields = ['Z', ...new Array<string>(18).fill('0'), String(started), '0'].join(' ')
    await taken(heldDirectory(), procStat(`1 (a) name) ${fields}`))
  })

  it('whose process cannot be looked at is alive', async () => {
    await refused(heldDirectory(), /close it/, procStat('nonsense'))
    const system = systemWith({ probe: () => { throw errno('EPERM') } })
    await refused(heldDirectory(), /close it/, { system })
  })

  it('whose start is unknown is judged by its number alone', () =>
    refused(heldDirectory({ started: '' }), /close it/))

  it('of the same machine before it was restarted is dead', () =>
    taken(heldDirectory({ bootId: 'another' })))

  it('of another machine may be alive', () =>
    refused(heldDirectory({ bootId: 'another', host: 'elsewhere' }), /process \d+ on elsewhere .*another machine/))

  it('of another pid namespace may be alive', () =>
    refused(heldDirectory({ namespace: 'pid:[1]' }), /another container.*never remove that file/))

  it('that cannot be seen is taken over where the caller says so', async () => {
    await taken(heldDirectory({ namespace: 'pid:[1]' }), { unknownHolder: 'dead' })
    await taken(heldDirectory({ bootId: 'another', host: 'elsewhere' }), { unknownHolder: 'dead' })
  })

  it('that is alive is not taken over even then', () =>
    refused(heldDirectory(), /close it/, { unknownHolder: 'dead' }))

  it('that marks its starts by another /proc than ours is judged by its number alone', async () => {
    const fs = fsWith({ readlinkSync: (path) => (path === '/proc/self' ? '1' : realFs.readlinkSync(path)) })
    await refused(heldDirectory({ started: '1' }), /close it/, { fs })
  })
})

describe('a holder on a system without boot ids', () => {
  it('is alive while its process is', () => refused(heldDirectory({}, bare), /close it/, bare))

  it('is dead when its process ended', () => taken(heldDirectory({ pid: 2 ** 30 }, bare), bare))

  it('is dead when the machine was started much later', () =>
    taken(heldDirectory({ bootTime: 1000 }, bare), bare))

  it('is alive when the clock was set by minutes since', () => {
    const system = systemWith({ platform: 'darwin', nowMs: () => Date.now() + 300_000 })
    return refused(heldDirectory({}, bare), /close it/, { ...bare, system })
  })

  it('may be alive on another machine', () =>
    refused(heldDirectory({ host: 'elsewhere' }, bare), /another machine/, bare))
})

describe('a lock file', () => {
  function lockFile(text: string, ageSeconds = 0): string {
    const directory = temporaryDirectory()
    const path = join(directory, first)
    writeFileSync(path, text)
    const time = Date.now() / 1000 - ageSeconds
    utimesSync(path, time, time)
    return directory
  }

  it('that says released is free, also when a person wrote it', async () => {
    await taken(lockFile('released\n'))
    await taken(lockFile('released'))
    await taken(lockFile('released \r\n'))
  })

  const brokenOff = ['', 'hel', 'held    \n', 'held    \n{"version":1,']

  it.each(brokenOff)('that breaks off (%j) is being taken while it is young', (text) =>
    refused(lockFile(text), /being taken right now/))

  it.each(brokenOff)('that breaks off (%j) is free when it is old', (text) =>
    taken(lockFile(text, 11)))

  it('that breaks off and is dated in the far future is free too', () => taken(lockFile('', -3600)))

  it.each([
    'something else entirely',
    'held    \n{"version":2}\n',
    'held    \nnull\n',
    'held    \nnot json\n',
    'held    \n{"version":1,"pid":-1}\n',
  ])('of another version (%j) is not taken over', async (text) => {
    await refused(lockFile(text, 1000), /a holder that this version cannot read.*upgrade/)
    await taken(lockFile(text, 1000), { unknownHolder: 'dead' })
  })

  it('is never left without the highest generation', async () => {
    const directory = temporaryDirectory()
    for (let generation = 1; generation < 20; generation += 1) {
      const storage = nodeStorage(directory)
      expect((await storage.lock()).generation).toBe(generation)
      expect(readdirSync(directory)).toEqual([`lock-${generation.toString(16).padStart(8, '0')}`])
      await storage.close()
    }
  })

  it('is swept when a higher one is there, together with drafts, and nothing else is', async () => {
    const directory = lockFile('released\n')
    for (const name of ['lock-00000009', 'lock-00000003-x.tmp', 'lock-notes', 'a']) {
      writeFileSync(join(directory, name), 'released\n')
    }
    expect((await nodeStorage(directory).lock()).generation).toBe(10)
    expect(readdirSync(directory).sort()).toEqual(['a', 'lock-0000000a', 'lock-notes'])
  })

  it('of the last number ends it', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'lock-ffffffff'), 'released\n')
    const error = await failure('UNSUPPORTED', () => nodeStorage(directory).lock())
    expect(error.message).toMatch(/copy the log to a new directory/)
  })
})
