import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { busyNote, describeMachine, machineLine, typeOf } from '../src/machine.ts'
import { childFlags } from '../src/runtime.ts'

const mounts = [
  'proc /proc proc rw 0 0',
  '/dev/a / ext4 rw 0 0',
  'tmpfs /tmp tmpfs rw 0 0',
  '/dev/b /tmp/disk xfs rw 0 0',
  '',
].join('\n')

describe('the file system', () => {
  it.each([
    ['/', 'ext4'],
    ['/tmpdir', 'ext4'],
    ['/tmp', 'tmpfs'],
    ['/tmp/disk/logs', 'xfs'],
  ])('of %s is %s', (path, type) => {
    expect(typeOf(mounts, path)).toBe(type)
  })

  it('is unknown where no mount is known, and that of the later mount where there are two', () => {
    expect(typeOf('', '/tmp')).toBeUndefined()
    expect(typeOf(`${mounts}/dev/c /tmp/disk btrfs rw 0 0\n`, '/tmp/disk')).toBe('btrfs')
  })
})

describe('the machine', () => {
  it('is described, and fits into a line', () => {
    const machine = describeMachine(tmpdir(), 'tiny')
    expect(machine).toMatchObject({ node: process.version, scale: 'tiny' })
    expect(machine.packages).toMatch(/^(as built|from source)$/)
    expect(machine.cpus).toBeGreaterThan(0)
    expect(machine.memoryBytes).toBeGreaterThan(0)
    expect(machineLine(machine)).toContain(`Node ${process.version}, ${process.platform} ${process.arch}`)
    expect(machineLine({ ...machine, deno: '2.9.6' })).toMatch(/^Deno 2\.9\.6, /)
    expect(machineLine({ ...machine, bun: '1.4.5' })).toMatch(/^Bun 1\.4\.5, /)
  })

  it('that is busy is said to be', () => {
    expect(busyNote({ loadAverage: 0.5, cpus: 2 })).toBeUndefined()
    expect(busyNote({ loadAverage: 1.26, cpus: 2 })).toContain('busy (load 1.3 on 2 processors)')
  })

  it('starts other processes as its runtime wants it', () => {
    expect(childFlags({ node: '24' })).toEqual([])
    expect(childFlags({ node: '24', deno: '2' })).toContain('--allow-all')
  })
})
