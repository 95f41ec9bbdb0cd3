import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage } from '@varve/storage-node'
import { afterAll, describe, expect, it } from 'vitest'
import { goldenDirectory, makeGoldenLogs } from '../../../../fixtures/make-format-1.ts'
import { openLog } from '../../src/index.ts'
import { filesIn, readable, recordsOf, small } from './golden-files.ts'

const temporary: string[] = []

afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true })
})

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'varve-golden-'))
  temporary.push(directory)
  return directory
}

describe('the golden logs of format 1', () => {
  it.each(readable)('$name: is the same log in a directory', async ({ name, expected }) => {
    const directory = temporaryDirectory()
    for (const [file, bytes] of filesIn(name)) writeFileSync(join(directory, file), bytes)
    const storage = nodeStorage(directory)
    const log = await openLog({ storage, ...small })
    expect(await recordsOf(log)).toEqual(expected.records)
    await log.close()
    await storage.close()
  })
})

describe('fixtures/make-format-1.ts', () => {
  it('refuses to overwrite what is there', async () => {
    await expect(makeGoldenLogs(goldenDirectory)).rejects.toThrow('golden logs are never regenerated')
  })

  it('makes the same bytes every time, and none where there are some', async () => {
    const [one, other] = [join(temporaryDirectory(), 'one'), join(temporaryDirectory(), 'other')]
    await makeGoldenLogs(one)
    await makeGoldenLogs(other)
    const made = contentsOf(one)
    expect(made).toEqual(contentsOf(other))
    await expect(makeGoldenLogs(one)).rejects.toThrow('never regenerated')
    expect(contentsOf(one)).toEqual(made)
  })
})

function contentsOf(directory: string): [string, string][] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return paths.map((path) => [path.slice(directory.length), readFileSync(path, 'base64')])
}
