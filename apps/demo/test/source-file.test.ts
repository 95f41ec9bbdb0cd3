import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../src/arguments.ts'
import { largestText, readSourceFile } from '../src/source-file.ts'
import { temporaryDirectory, temporaryFile } from './support/temporary.ts'

function linesOf(content: string | Uint8Array): string[] {
  return readSourceFile(temporaryFile(content)).lines.map((line) => Buffer.from(line).toString('latin1'))
}

describe('a source file', () => {
  it('becomes its lines, byte for byte', () => {
    expect(linesOf('one\n\r\ntwo\r\n\n three')).toEqual(['one', '\r', 'two\r', '', ' three'])
  })

  it('has no line behind its last line feed', () => {
    expect(linesOf('one\ntwo\n')).toEqual(['one', 'two'])
    expect(linesOf('\n\n')).toEqual(['', ''])
  })

  it('may hold bytes that are no UTF-8', () => {
    expect(linesOf(Uint8Array.of(0xff, 0x0a, 0xc3))).toEqual(['\xff', '\xc3'])
  })

  it('knows its longest line', () => {
    expect(readSourceFile(temporaryFile('a\nfour\nb\n')).longestLineBytes).toBe(4)
  })

  it('that is empty, missing or a directory is refused', () => {
    expect(() => readSourceFile(temporaryFile(''))).toThrow(UsageError)
    expect(() => readSourceFile(join(temporaryDirectory(), 'nothing'))).toThrow(UsageError)
    expect(() => readSourceFile(temporaryDirectory())).toThrow(UsageError)
  })
})

/** A directory with texts of several sizes and a larger file that is none. */
function sources(): string {
  const root = temporaryDirectory()
  mkdirSync(join(root, 'deep'))
  mkdirSync(join(root, 'node_modules'))
  writeFileSync(join(root, 'small.txt'), 'x\n')
  writeFileSync(join(root, 'deep', 'large.txt'), 'line\n'.repeat(100))
  writeFileSync(join(root, 'binary'), new Uint8Array(5000))
  writeFileSync(join(root, 'node_modules', 'installed.txt'), 'line\n'.repeat(1000))
  symlinkSync('nowhere', join(root, 'link'))
  return root
}

describe('the largest text', () => {
  it('is one that Git tracks', () => {
    const root = sources()
    const git = (...args: string[]): number | null => spawnSync('git', ['-C', root, ...args]).status
    expect(git('init')).toBe(0)
    expect(git('add', 'small.txt', 'deep', 'binary', 'link')).toBe(0)
    writeFileSync(join(root, 'untracked.txt'), 'line\n'.repeat(500))
    expect(largestText(root)).toBe(join(root, 'deep', 'large.txt'))
    unlinkSync(join(root, 'deep', 'large.txt'))
    expect(largestText(root)).toBe(join(root, 'small.txt'))
  })

  it('without Git is one that was not installed', () => {
    const root = sources()
    expect(largestText(root)).toBe(join(root, 'deep', 'large.txt'))
  })

  it('must exist', () => {
    const root = temporaryDirectory()
    writeFileSync(join(root, 'binary'), new Uint8Array(10))
    writeFileSync(join(root, 'empty'), '')
    expect(() => largestText(root)).toThrow(UsageError)
  })
})
