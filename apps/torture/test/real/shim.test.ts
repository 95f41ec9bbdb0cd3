import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mayNotInject, Shim, type Injection, type TracedCall } from '../../src/real/shim.ts'
import { temporaryDirectory } from './support/temporary.ts'

const reason = mayNotInject()

/** What a process did below its directory: opens, writes "abcd" twice, syncs, renames. */
const script = `
const fs = require('node:fs')
const [directory] = process.argv.slice(1)
const said = []
const attempt = (name, call) => {
  try { const value = call(); said.push(name + ' ' + (typeof value === 'number' && name === 'write' ? value : 'done')) }
  catch (error) { said.push(name + ' ' + error.code) }
}
let file
attempt('open', () => { file = fs.openSync(directory + '/file', 'w') })
attempt('write', () => fs.writeSync(file, Buffer.from('abcd'), 0, 4, 0))
attempt('write', () => fs.writeSync(file, Buffer.from('abcd'), 0, 4, 4))
attempt('sync', () => fs.fdatasyncSync(file))
attempt('rename', () => fs.renameSync(directory + '/file', directory + '/renamed'))
console.log(said.join(', '))
`

interface Done {
  readonly said: string
  readonly calls: readonly TracedCall[]
  readonly directory: string
}

function act(injection?: Injection): Done {
  const shim = new Shim(temporaryDirectory())
  const directory = temporaryDirectory()
  const { stdout } = spawnSync(process.execPath, ['-e', script, directory], {
    encoding: 'utf8',
    env: { ...process.env, ...shim.environment(directory, injection) },
  })
  return { said: stdout.trim(), calls: shim.trace(), directory }
}

describe.skipIf(reason !== undefined)(`the shim${reason === undefined ? '' : ` (not here: ${reason})`}`, () => {
  it('lets everything through and counts it', () => {
    const { said, calls, directory } = act()
    expect(said).toBe('open done, write 4, write 4, sync done, rename done')
    const names = ['open', 'pwrite', 'pwrite', 'fdatasync', 'rename']
    expect(calls).toEqual(names.map((name, at) => ({ number: at + 1, name, outcome: 'done', file: 'file' })))
    expect(readFileSync(join(directory, 'renamed'), 'utf8')).toBe('abcdabcd')
  })

  it('lets one call fail, with the error that was asked for', () => {
    expect(act({ at: 2, fault: 'ENOSPC', goesOn: false }).said)
      .toBe('open done, write ENOSPC, write 4, sync done, rename done')
    expect(act({ at: 4, fault: 'EIO', goesOn: false }).said)
      .toBe('open done, write 4, write 4, sync EIO, rename done')
    expect(act({ at: 5, fault: 'EIO', goesOn: false }).said)
      .toBe('open done, write 4, write 4, sync done, rename EIO')
    expect(act({ at: 1, fault: 'EMFILE', goesOn: false }).said).toMatch(/^open EMFILE/)
  })

  it('lets all later calls of that name fail as well', () => {
    expect(act({ at: 2, fault: 'EIO', goesOn: true }).said)
      .toBe('open done, write EIO, write EIO, sync done, rename done')
  })

  it('lets a write move half of its bytes, which Node makes up for', () => {
    const { said, directory, calls } = act({ at: 3, fault: 'short', goesOn: false })
    expect(said).toBe('open done, write 4, write 4, sync done, rename done')
    expect(readFileSync(join(directory, 'renamed'), 'utf8')).toBe('abcdabcd')
    expect(calls.slice(1, 4).map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'pwrite done', 'pwrite short', 'pwrite done',
    ])
  })

  it('lets a write move half of its bytes and the next one fail, so that Node tells of the half', () => {
    const { said, directory, calls } = act({ at: 3, fault: 'half', goesOn: false })
    expect(said).toBe('open done, write 4, write 2, sync done, rename done')
    expect(readFileSync(join(directory, 'renamed'), 'utf8')).toBe('abcdab')
    expect(calls.filter(({ outcome }) => outcome !== 'done')).toEqual([
      { number: 3, name: 'pwrite', outcome: 'short', file: 'file' },
      { number: 4, name: 'pwrite', outcome: 'failed', file: 'file' },
    ])
  })

  it('lets nothing but a write be short', () => {
    expect(act({ at: 4, fault: 'short', goesOn: false }).said).toContain('sync done')
  })
})
