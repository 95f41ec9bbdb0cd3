import { isVarveError } from '@varve/codec'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLogSync } from '../../src/index.ts'
import { buildImage, continueImage, recordsIn, smallGeometry } from '../support/damage-image.ts'
import { withFile, withoutFile, type LogImage } from '../support/damage-image.ts'
import { expectUnchanged, outcomeOf, type Outcome } from '../support/damage-verdict.ts'
import { segmentsOf, type PlainSegment } from '../support/log-files.ts'
import { payload } from '../support/log-records.ts'

const image = buildImage()
const names = segmentsOf(image.snapshot).map(({ name }) => name)
const [first, second, , , last] = names as [string, string, string, string, string]

function bytesOf({ snapshot }: LogImage, name: string): Uint8Array<ArrayBuffer> {
  return snapshot.files.get(name) as Uint8Array<ArrayBuffer>
}

function verdict(outcome: Outcome): string {
  if (outcome.kind === 'shorter') return `${outcome.lost} records fewer`
  if (outcome.kind === 'harmless') return 'harmless'
  const { code, context } = outcome.error
  return `${code} ${String(context.row)} ${String(context.file)}`
}

/** The same whatever is verified. */
function judge(damaged: MemorySnapshot): string {
  const seals = verdict(outcomeOf(image, damaged, { ...image.options, verify: 'seals' }))
  expect(verdict(outcomeOf(image, damaged, { ...image.options, verify: 'all' }))).toBe(seals)
  return seals
}

describe('a segment that is gone', () => {
  it('is noticed at open, wherever it was', () => {
    expect(judge(withoutFile(image.snapshot, first))).toBe(`CORRUPT names.first-above-floor ${second}`)
    for (const [at, name] of names.entries()) {
      if (at === 0 || name === last) continue
      expect(judge(withoutFile(image.snapshot, name))).toBe(`CORRUPT names.gap ${String(names[at + 1])}`)
    }
  })

  it('takes its records with it when it was the newest behind a SEAL: an interrupted rotation looks like that', () => {
    const lost = image.records.filter(({ sequence }) => sequence >= Number.parseInt(last.slice(9, 25), 16)).length
    expect(judge(withoutFile(image.snapshot, last))).toBe(`${lost} records fewer`)
  })

  it('is noticed when all are gone and something else of the log is left', () => {
    for (const rest of ['0000000000000005.checkpoint', `${first}.quarantined`]) {
      const files = new Map([[rest, new Uint8Array(8)]])
      expect(judge({ ...image.snapshot, files })).toBe(`CORRUPT names.segments-gone ${rest}`)
    }
  })
})

describe('segments whose contents were exchanged', () => {
  it('are noticed, whichever they are', () => {
    for (const one of names) {
      for (const other of names) {
        if (one >= other) continue
        const halfWay = withFile(image.snapshot, one, bytesOf(image, other))
        expect(judge(withFile(halfWay, other, bytesOf(image, one)))).toBe(`CORRUPT header.disagrees ${one}`)
      }
    }
  })

  it('are noticed when one is there twice, under its own name and that of another', () => {
    for (const one of names) {
      for (const other of names) {
        if (one === other) continue
        expect(judge(withFile(image.snapshot, one, bytesOf(image, other)))).toBe(`CORRUPT header.disagrees ${one}`)
      }
    }
  })
})

describe('a segment of another log under the name of one of this', () => {
  it('is refused as foreign', () => {
    const other = buildImage()
    for (const name of names) {
      const outcome = outcomeOf(image, withFile(image.snapshot, name, bytesOf(other, name)), image.options)
      // Two logs in one directory: whichever has the first segment counts as the owner.
      expect(verdict(outcome)).toBe(`FOREIGN_FILE header.foreign ${name === first ? second : name}`)
    }
  })
})

describe('an older state of a segment in place of the present one', () => {
  it('is noticed by what its successor says of it', () => {
    for (const { name, bytes, frames } of segmentsOf(image.snapshot).slice(0, -1)) {
      const older = bytes.slice()
      older.fill(0, frames[2]?.position)
      const row = frames.at(-1)?.kind === 'seal' ? 'sealed.no-seal' : 'cut.damage'
      const outcome = outcomeOf(image, withFile(image.snapshot, name, older), { ...image.options, verify: 'all' })
      expect(verdict(outcome)).toBe(`CORRUPT ${row} ${name}`)
    }
  })
})

describe('a segment of a copy of the log that went another way', () => {
  /** The log with as many records as `rest` behind those that both copies have, in segments of the same names. */
  function continued(base: MemorySnapshot, rest: number, bytes: number): MemorySnapshot {
    return continueImage(base, smallGeometry, 'close', (log) => {
      for (let n = 0; n < 40; n += 1) log.appendSync(payload(rest + n, bytes))
    })
  }

  it('is noticed by the chain, though every frame of it is whole and its numbers fit', () => {
    const base = continueImage(undefined, smallGeometry, 'close', (log) => log.appendSync(payload(0)))
    const [one, other] = [continued(base, 1000, 100), continued(base, 2000, 100)]
    const [{ name }] = segmentsOf(one) as [PlainSegment]
    const mixed = withFile(one, name, other.files.get(name) as Uint8Array<ArrayBuffer>)
    for (const verify of ['seals', 'all'] as const) {
      const image = { snapshot: one, records: [], options: smallGeometry }
      const outcome = outcomeOf(image, mixed, { ...smallGeometry, verify })
      expect(verdict(outcome)).toBe(`CORRUPT sealed.chain ${name}`)
    }
  })

  it('is noticed likewise below a cut, by whoever asks for every byte', () => {
    const base = continueImage(undefined, smallGeometry, 'close', (log) => log.appendSync(payload(0)))
    const [one, other] = [1000, 2000].map((seed) => {
      const crashed = continueImage(base, smallGeometry, 'crash', (log) => log.appendSync(payload(seed, 100)))
      return continueImage(crashed, smallGeometry, 'close', (log) => log.appendSync(payload(1)))
    }) as [MemorySnapshot, MemorySnapshot]
    const [{ name }] = segmentsOf(one) as [PlainSegment]
    const mixed = withFile(one, name, other.files.get(name) as Uint8Array<ArrayBuffer>)
    const all = { ...smallGeometry, verify: 'all' } as const
    const outcome = outcomeOf({ snapshot: one, records: [], options: smallGeometry }, mixed, all)
    expect(verdict(outcome)).toBe(`CORRUPT cut.chain ${name}`)
  })
})

describe('a segment under another name', () => {
  it('is noticed, and the file that may hold the only copy of its records is left alone', () => {
    const renames = [
      second.replace(/^.{8}/, '0000000a'),
      second.replace(/-.{16}/, '-0000000000000014'),
      `${second}.bak`,
      `${second}.quarantined`,
      'spare-00000001.varve',
    ]
    for (const name of renames) {
      const damaged = withFile(withoutFile(image.snapshot, second), name, bytesOf(image, second))
      expect(judge(damaged)).toMatch(/^CORRUPT (names.gap|header.disagrees) /)
    }
  })

  it('is noticed when its index is there twice', () => {
    const twin = second.replace(/-.{16}/, '-00000000000000ff')
    const damaged = withFile(image.snapshot, twin, bytesOf(image, second))
    expect(judge(damaged)).toBe(`CORRUPT names.duplicate-index ${twin}`)
  })
})

describe('a directory that holds more than the log', () => {
  /** Opens, and returns what is left of the files that were added. */
  function leftOf(added: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): string[] {
    const files = new Map([...image.snapshot.files, ...added])
    const storage = memoryStorage({ snapshot: { ...image.snapshot, files } })
    const log = openLogSync({ storage, ...image.options })
    expect([...log.readSync()]).toHaveLength(image.records.length)
    log.closeSync()
    const after = storage.snapshot().files
    return [...added.keys()].filter((name) => after.has(name))
  }

  it('is opened, what is foreign is left alone and spares are removed', () => {
    const garbage = new Uint8Array(300).fill(7)
    const nearly = ['00000000-0000000000000001', '00000009-0000000000000000', '00000009-ffffffffffffffff', '1']
    const foreign = ['notes.txt', 'lock-1', 'spare-1.varve', ...nearly.map((name) => `${name}.varve`)]
    expect(leftOf(new Map(foreign.map((name) => [name, garbage])))).toEqual(foreign)
    const spares = ['spare-00000001.varve', 'spare-ffffffff.varve']
    expect(leftOf(new Map(spares.map((name) => [name, garbage])))).toEqual([])
  })

  it('reports what is foreign; checkpoints, finished or not, and locks are not', () => {
    const names = ['notes.txt', '1.checkpoint.new', '00000000000000ff.checkpoint.new', '00000000000000ff.checkpoint']
    const added = names.map((name) => [name, new Uint8Array(8)] as const)
    const files = new Map([...image.snapshot.files, ...added])
    const storage = memoryStorage({ snapshot: { ...image.snapshot, files } })
    const log = openLogSync({ storage, ...image.options })
    expect([...log.recovery.foreign].sort()).toEqual(['1.checkpoint.new', 'notes.txt'])
    log.closeSync()
  })

  it('has never held a log when an unfinished checkpoint is all there is', () => {
    const files = new Map([['0000000000000007.checkpoint.new', new Uint8Array(8)]])
    const log = openLogSync({ storage: memoryStorage({ snapshot: { generation: 0, files } }), ...image.options })
    expect(log.recovery.created).toBe(true)
    log.closeSync()
  })

  it('is refused when garbage has the name of a segment, and nothing is changed', () => {
    const short = new Uint8Array(64).fill(1)
    for (const bytes of [new Uint8Array(0), short, new Uint8Array(4096), new Uint8Array(5000).fill(9)]) {
      for (const name of ['00000006-00000000000000ff.varve', '00000063-00000000000000ff.varve']) {
        const damaged = withFile(image.snapshot, name, bytes)
        expect(judge(damaged)).toBe(`CORRUPT header.invalid ${name}`)
      }
    }
  })
})

describe('a directory with nothing but a file that is no segment', () => {
  it.each([new Uint8Array(0), new Uint8Array(4096), new Uint8Array(200).fill(0x93)])('is refused', (bytes) => {
    const snapshot = { generation: 0, files: new Map([['00000001-0000000000000001.varve', bytes]]) }
    const storage = memoryStorage({ snapshot })
    const failure = (): unknown => {
      try {
        return openLogSync({ storage, ...image.options })
      } catch (error) {
        return error
      }
    }
    expect(isVarveError(failure(), 'CORRUPT')).toBe(true)
    expectUnchanged(snapshot, storage.snapshot())
    expect(() => recordsIn(snapshot, { ...image.options, readOnly: true })).not.toThrow()
  })
})
