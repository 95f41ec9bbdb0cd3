import { fileHeaderBytes, isVarveError } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import { CheckpointWriter } from '../src/write/checkpoint-writer.ts'
import { checkpointHeader, decodeEnd } from '../src/format/file.ts'
import { runSynchronously } from '@varve/dst'
import { bytes, failure } from './support/programs.ts'
import { endOf, fileOf, logWith, restamped, restoredFrom, withFile, type HandMade } from './support/files.ts'

const original = logWith(bytes('a small state'))

/** The code of the error with which it is refused, or the state that was restored. */
function verdict(file: Uint8Array<ArrayBuffer>): string {
  try {
    return Buffer.from(restoredFrom(withFile(original, file)) ?? []).toString()
  } catch (error) {
    if (isVarveError(error)) return error.code
    throw error
  }
}

describe('a checkpoint file', () => {
  it('is restored as it is', () => {
    expect(verdict(original.file)).toBe('a small state')
    expect(original.file).toHaveLength(128 + 56 + 72)
  })

  it('is refused when any bit of it has flipped', () => {
    const found = new Set<string>()
    for (let at = 0; at < original.file.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const file = original.file.slice()
        file[at] = (file[at] as number) ^ (1 << bit)
        found.add(verdict(file))
      }
    }
    expect([...found]).toEqual(['CORRUPT'])
  })

  it('is refused when it ends anywhere else', () => {
    const { length } = original.file
    for (let size = 0; size < length; size += 1) expect(verdict(original.file.slice(0, size))).toBe('CORRUPT')
    for (const more of [1, 7, 40, 72]) {
      const file = new Uint8Array(length + more)
      file.set(original.file)
      expect(verdict(file)).toBe('CORRUPT')
      file.copyWithin(length, length - 72)
      expect(verdict(file)).toBe('CORRUPT')
    }
  })

  it('is refused, and not called damaged, when something newer wrote it', () => {
    const { file, logId } = original
    expect(verdict(restamped(file, 8, 2))).toBe('UNSUPPORTED_FORMAT')
    expect(verdict(restamped(file, 14, 1))).toBe('UNSUPPORTED_FORMAT')
    // A newer minor version promises that it can be read.
    expect(verdict(restamped(file, 10, 1))).toBe('a small state')
    const chunk = { payload: bytes('a small state'), type: 0 }
    expect(verdict(fileOf(logId, [{ ...chunk, type: 2 }]))).toBe('UNSUPPORTED_FORMAT')
    expect(verdict(fileOf(logId, [{ ...chunk, flags: 2 }]))).toBe('UNSUPPORTED_FORMAT')
    expect(verdict(fileOf(logId, [{ ...chunk, flags: 4 }]))).toBe('UNSUPPORTED_FORMAT')
    const control = fileOf(logId, [chunk])
    expect(verdict(control)).toBe('CORRUPT')
  })

  it('is refused when it is of another kind, record or log', () => {
    const { file } = original
    expect(verdict(restamped(file, 12, 2))).toBe('CORRUPT')
    expect(verdict(restamped(file, 40, 3))).toBe('CORRUPT')
    expect(verdict(restamped(file, 32, (file[32] as number) ^ 1))).toBe('CORRUPT')
    expect(verdict(restamped(file, 16, (file[16] as number) ^ 1))).toBe('FOREIGN_FILE')
  })

  const chunk: HandMade = { payload: bytes('a small state'), type: 0 }
  const full: HandMade = { payload: new Uint8Array(65_536), type: 0 }
  const made = (frames: readonly HandMade[], changes?: Parameters<typeof endOf>[2]): Uint8Array<ArrayBuffer> => {
    const { logId } = original
    const end = endOf(fileOf(logId, frames), frames.map(({ payload }) => payload.length), changes)
    return fileOf(logId, [...frames, { payload: end, type: 1 }])
  }

  it('that is made by hand as the documentation says is the same', () => {
    expect(made([chunk])).toEqual(original.file)
    const large = logWith([new Uint8Array(65_536), bytes('a small state')])
    const frames = [full, chunk]
    const end = endOf(fileOf(large.logId, frames), [65_536, 13])
    expect(fileOf(large.logId, [...frames, { payload: end, type: 1 }])).toEqual(large.file)
  })

  it.each<[string, Uint8Array<ArrayBuffer>]>([
    ['is cut in other chunks', made([{ payload: bytes('a small'), type: 0 }, { payload: bytes(' state'), type: 0 }])],
    ['has an empty chunk', made([{ payload: bytes(''), type: 0 }])],
    ['has a chunk that is too large', made([{ payload: new Uint8Array(65_544), type: 0 }])],
    ['speaks of another record', made([chunk], { sequence: 2 })],
    ['speaks of another length', made([chunk], { bytes: 12 })],
    ['speaks of another number of chunks', made([chunk], { chunks: 2 })],
    ['has an end record of another size', fileOf(original.logId, [{ payload: bytes('end'), type: 1 }])],
    ['has a digest that is not that of its chunks', fileOf(original.logId, [
      { payload: bytes('another state'), type: 0 },
      { payload: endOf(fileOf(original.logId, [chunk]), [13]), type: 1 },
    ])],
    ['is whole, and of another state', made([{ payload: bytes('another state'), type: 0 }])],
    ['is empty', new Uint8Array(0)],
    ['has nothing behind its header', original.file.slice(0, fileHeaderBytes)],
  ])('is refused when it %s', (_how, file) => {
    expect(verdict(file)).toBe('CORRUPT')
  })
})

describe('an end record', () => {
  it('has one size', () => {
    expect(decodeEnd(new Uint8Array(31))).toBeUndefined()
    expect(decodeEnd(new Uint8Array(33))).toBeUndefined()
  })
})

describe('a state that does not fit', () => {
  it('is refused before anything stands where the end record must go', async () => {
    const written: number[] = []
    const file = { write: (source: Uint8Array, position: number) => { written.push(position + source.length) } }
    const header = { ...checkpointHeader(new Uint8Array(16), 1), capacity: 128 + 65_576 + 48 + 72 }
    const writerOf = (): CheckpointWriter => new CheckpointWriter(file as never, 'name', header)
    const write = (size: number): unknown => {
      const writer = writerOf()
      runSynchronously(writer.begin())
      runSynchronously(writer.take(new Uint8Array(size)))
      return runSynchronously(writer.finish())
    }
    expect(write(65_536 + 8)).toMatchObject({ bytes: 65_544, chunks: 2 })
    expect(Math.max(...written)).toBe(header.capacity)
    written.length = 0
    expect((await failure('RECORD_TOO_LARGE', () => write(65_536 + 9))).context).toMatchObject({ file: 'name' })
    expect(Math.max(...written)).toBe(128 + 65_576)
  })
})
