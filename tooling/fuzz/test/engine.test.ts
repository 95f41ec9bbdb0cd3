import { decodeFileHeader } from '@varve/codec'
import { openLogSync } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeArchive, encodeArchive, type Files } from '../src/archive.ts'
import { addToCorpus, readCorpus } from '../src/corpus.ts'
import { Coverage } from '../src/coverage.ts'
import { fuzz, verdictOf, type Listener } from '../src/engine.ts'
import { fileHeaderTarget } from '../src/file-header.ts'
import { resealFileHeader } from '../src/forge.ts'
import { unitAfter } from '../src/history.ts'
import { geometry, logImages, newestOf } from '../src/images.ts'
import { minimise } from '../src/minimise.ts'
import { must, type FuzzTarget } from '../src/target.ts'
import { directoryReplayTarget } from '../src/directory-targets.ts'

const nothing = (): void => undefined
const silent: Listener = { running: nothing, news: nothing, finding: nothing, progress: nothing }

/** The header decoder as it would be if it did not look at the checksum. */
const careless: FuzzTarget = {
  ...fileHeaderTarget,
  run(bytes) {
    const repaired = bytes.slice()
    resealFileHeader(repaired)
    const accepted = decodeFileHeader(repaired).kind === 'header'
    must(!accepted || decodeFileHeader(bytes).kind === 'header', 'what does not verify is not accepted')
    return 'fine'
  },
}

describe('a target can fail', () => {
  it('a decoder that accepts a wrong checksum is found, and the input is made small', async () => {
    const found: Uint8Array[] = []
    const finding = (input: Uint8Array): void => { found.push(input) }
    await fuzz(careless, await careless.seeds(), { seconds: 1, seed: 1, coverage: undefined }, { ...silent, finding })
    const [first] = found
    if (first === undefined) throw new Error('nothing was found')
    const fails = async (input: Uint8Array): Promise<boolean> => 'failure' in (await verdictOf(careless, input))
    const small = await minimise(first, fails)
    expect(await fails(small)).toBe(true)
    expect(small.length).toBeLessThanOrEqual(first.length)
  })

  it('a record that was never written is told from those that were', async () => {
    const [, image] = await logImages()
    const files = new Map(image)
    const { appended, last } = goOnWithLies(files)
    expect(last).toBeGreaterThan(1)
    const verdict = await verdictOf(directoryReplayTarget, encodeArchive(appended))
    expect(verdict).toHaveProperty('failure.message', 'a record that was never written')
  })
})

/** The log goes on with a record of another type than the history has under its number. */
function goOnWithLies(files: Files): { readonly appended: Files; readonly last: number } {
  const storage = memoryStorage({ snapshot: { files, generation: 0 } })
  const log = openLogSync({ storage, ...geometry })
  const entries = unitAfter(log.lastSequence).map((entry) => ({ ...entry, type: entry.type + 1 }))
  const { last } = log.appendBatchSync(entries)
  log.closeSync()
  return { appended: new Map(storage.snapshot().files), last }
}

describe('the coverage', () => {
  it('tells a block that has never run from one that has', () => {
    const coverage = new Coverage()
    const run = (bytes: Uint8Array): boolean => {
      coverage.reset()
      decodeFileHeader(bytes)
      return coverage.hasNews(true)
    }
    const short = new Uint8Array(5)
    const long = new Uint8Array(128)
    expect([run(short), run(short), run(long), run(long), run(short)]).toEqual([true, false, true, false, false])
  })
})

describe('an archive', () => {
  it('holds every image as it was', async () => {
    for (const files of await logImages()) expect(decodeArchive(encodeArchive(files))).toEqual(files)
  })

  it('is any bytes', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const bytes = Uint8Array.from({ length: seed }, (_, at) => (at * 131 + seed * 31) & 0xff)
      for (const [name] of decodeArchive(bytes)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/)
    }
  })

  it('knows the newest segment', async () => {
    const [, image] = await logImages()
    expect(newestOf(image ?? new Map())[0]).toMatch(/^0000000[2-9]-/)
  })
})

describe('the corpus in a folder', () => {
  it('gives back what was put there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'corpus-'))
    try {
      addToCorpus('one', 'CORRUPT names.gap; the same', Uint8Array.of(1, 2), folder)
      const [entry] = readCorpus('one', folder)
      expect(entry?.name).toMatch(/^corrupt-names-gap-the-same-[0-9a-f]{8}\.bin$/)
      expect(entry?.bytes).toEqual(Uint8Array.of(1, 2))
      expect(readCorpus('other', folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
