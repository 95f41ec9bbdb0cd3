import { constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { countingFs } from '../../src/counted/counting-fs.ts'

const bytes = new Uint8Array([1, 2, 3, 4])

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'varve-counting-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  return directory
}

it('counts what is called, and bytes by what becomes of them', () => {
  const directory = temporary()
  const { fs, take } = countingFs(directory)
  const path = join(directory, 'file')
  const fd = fs.openSync(path, 'wx+')
  fs.writeSync(fd, bytes, 1, 3, 0)
  fs.writeSync(fd, new Uint8Array(8), 0, 8, 3)
  const durable = fs.openSync(path, constants.O_RDWR | constants.O_DSYNC)
  fs.writeSync(durable, bytes, 0, 4, 0)
  fs.fdatasyncSync(fd)
  fs.fsyncSync(fd)
  fs.readSync(fd, new Uint8Array(100), 0, 100, 0)
  fs.ftruncateSync(fd, 5)
  expect(fs.fstatSync(fd).size).toBe(5)
  fs.closeSync(fd)
  fs.closeSync(durable)
  expect(take()).toEqual({
    'bytes of durable writes': 4,
    'bytes of writes': 3,
    'bytes of zeros': 8,
    'bytes read': 11,
    closes: 2,
    'durable writes': 1,
    opens: 2,
    reads: 1,
    stats: 1,
    syncs: 2,
    truncates: 1,
    writes: 1,
    zeros: 1,
  })
  expect(take()).toEqual({})
})

it('counts names, and what is done to the directory itself', () => {
  const directory = temporary()
  const { fs, take } = countingFs(directory)
  const path = (name: string): string => join(directory, name)
  fs.mkdirSync(directory, { recursive: true })
  fs.closeSync(fs.openSync(path('a'), 'wx+'))
  fs.linkSync(path('a'), path('b'))
  fs.renameSync(path('b'), path('c'))
  expect(fs.readdirSync(directory, { withFileTypes: true }).map(({ name }) => name).sort()).toEqual(['a', 'c'])
  expect(fs.readFileSync(path('a'), 'utf8')).toBe('')
  expect(() => fs.readlinkSync(path('a'))).toThrow()
  fs.unlinkSync(path('c'))
  expect(fs.statSync(path('a')).isFile()).toBe(true)
  const itself = fs.openSync(directory, 'r')
  fs.fsyncSync(itself)
  fs.closeSync(itself)
  expect(take()).toEqual({
    closes: 2,
    'directories made': 1,
    links: 1,
    'links read': 1,
    lists: 1,
    opens: 2,
    removes: 1,
    renames: 1,
    'small files read': 1,
    stats: 1,
    'syncs of the directory': 1,
  })
})

it('does not count the bytes of a lock, which depend on process and machine', () => {
  const directory = temporary()
  const { fs, take } = countingFs(directory)
  const fd = fs.openSync(join(directory, 'lock-00000001'), 'wx+')
  fs.writeSync(fd, bytes, 0, 4, 0)
  fs.readSync(fd, new Uint8Array(4), 0, 4, 0)
  fs.closeSync(fd)
  expect(take()).toEqual({ closes: 1, opens: 1, reads: 1, writes: 1 })
})

it('does not count what lies outside', () => {
  const parent = temporary()
  const { fs, take } = countingFs(join(parent, 'log'))
  const fd = fs.openSync(join(parent, 'file'), 'wx+')
  fs.writeSync(fd, bytes, 0, 4, 0)
  fs.fdatasyncSync(fd)
  fs.closeSync(fd)
  fs.statSync(parent)
  expect(take()).toEqual({})
})

it('is idle when what the thread pool does is done, and what comes of that', async () => {
  const directory = temporary()
  const { fs, take, idle } = countingFs(directory)
  const fd = fs.openSync(join(directory, 'file'), 'wx+')
  fs.write(fd, bytes, 0, 4, 0, () => {
    fs.fdatasync(fd, () => {
      fs.fsync(fd, () => { fs.closeSync(fd) })
    })
  })
  await idle()
  expect(take()).toEqual({ 'bytes of writes': 4, closes: 1, opens: 1, syncs: 2, writes: 1 })
})
