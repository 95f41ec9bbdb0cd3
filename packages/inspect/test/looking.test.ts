import { wordToHex, xxh64 } from '@varve/codec'
import { openLog, openLogSync, openReplicaSync } from '@varve/segments'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import {
  inspectLog,
  inspectLogSync,
  planRepair,
  planRepairSync,
  verifyLog,
  verifyLogSync,
  type Progress,
} from '../src/index.ts'
import { codesOf, look, planFor, verify } from './support/heal.ts'
import {
  bytesOf,
  everyKind,
  flip,
  goOn,
  payload,
  segmentNames,
  small,
  withCheckpoints,
  withFile,
  withoutFile,
} from '@varve/damage'

const image = everyKind()
const names = segmentNames(image.snapshot)

describe('a look at a log', () => {
  it('tells what every file is', () => {
    let { snapshot } = withCheckpoints()
    const others = ['spare-0000000a.varve', '0000000000000009.checkpoint.new', 'lock-0a', 'x.quarantined', 'notes.txt']
    for (const name of [...others, '0000000000000001.repair']) snapshot = withFile(snapshot, name, new Uint8Array(7))
    const { files } = inspectLogSync(memoryStorage({ snapshot }), look)
    const kinds = Object.fromEntries(files.map(({ name, kind }) => [name, kind]))
    expect(kinds).toMatchObject({
      'spare-0000000a.varve': 'spare',
      '0000000000000009.checkpoint.new': 'unfinished-checkpoint',
      'lock-0a': 'lock',
      'x.quarantined': 'quarantined',
      'notes.txt': 'foreign',
      '0000000000000001.repair': 'repair',
      '0000000000000050.checkpoint': 'checkpoint',
    })
    expect(files.find(({ name }) => name === 'notes.txt')?.bytes).toBe(7)
    expect(files.filter(({ kind }) => kind === 'segment').map(({ name }) => name)).toEqual(segmentNames(snapshot))
  })

  it('tells what every segment holds and how it ends', () => {
    const inspection = inspectLogSync(memoryStorage({ snapshot: image.snapshot }), look)
    expect(inspection).toMatchObject({ verdict: 'intact', isReplica: false, floor: 1, lastSequence: 68 })
    expect(inspection.firstSequence).toBe(1)
    expect(inspection.logId).toMatch(/^[0-9a-f]{32}$/)
    expect(inspection.segments.map(({ state }) => state)).toEqual(['sealed', 'cut', 'cut', 'sealed', 'active'])
    expect(inspection.segments.map(({ records }) => records)).toEqual([24, 9, 3, 23, 9])
    expect(inspection.segments.map(({ cut }) => cut)).toEqual([undefined, undefined, 1200, 432, undefined])
    const [first] = inspection.segments
    expect(first).toMatchObject({ format: '1.0', checksum: 'xxh64', blockBytes: 128, capacity: 4096 })
    expect(first).toMatchObject({ epoch: 1, bornEnd: 128 })
    expect(first?.seal).toMatchObject({ records: 24, lastSequence: 24, floor: 1, indexEntries: 0, checkpointBytes: 0 })
    expect(first?.fill).toBeCloseTo((first?.end ?? 0) / 4096)
    expect(first?.salt).toMatch(/^[0-9a-f]{16}$/)
    expect(first?.chain).toMatch(/^[0-9a-f]{16}$/)
    expect(inspection.tail).toMatchObject({ row: 'last.clean-shutdown', verdict: 'clean', discards: 0 })
  })

  it('says crc32 where it is, and nothing of what it cannot know', () => {
    const other = everyKind({ checksum: 'crc32' })
    const name = segmentNames(other.snapshot)[1] as string
    const { segments } = inspectLogSync(memoryStorage({ snapshot: flip(other.snapshot, name, 3) }), look)
    expect(segments[0]?.checksum).toBe('crc32')
    expect(segments[1]).toMatchObject({ state: 'unknown', capacity: undefined, records: undefined, format: undefined })
  })

  it('says how much of a torn end an open would discard', () => {
    const last = names.at(-1) as string
    const dirty = flip(image.snapshot, last, 3000)
    const { tail, verdict } = inspectLogSync(memoryStorage({ snapshot: dirty }), look)
    expect(verdict).toBe('torn')
    expect(tail).toMatchObject({ row: 'last.torn-tail', verdict: 'torn', discards: 4096 - 1376 })
    const plan = planFor(dirty)
    expect(plan).toMatchObject({ verdict: 'torn', choices: [], refusals: [] })
  })

  it('finds what lies below the floor archived, and does not read it', () => {
    const { snapshot } = withCheckpoints()
    const more = goOn(snapshot, small, 'crash', (log) => {
      for (let n = 0; n < 60; n += 1) log.appendSync(payload(n, 100))
    })
    const kept = goOn(more, small, 'close', (log) => { log.archiveSync(170) })
    const old = segmentNames(kept)[0] as string
    expect(inspectLogSync(memoryStorage({ snapshot: kept }), look).segments[0]?.state).toBe('archived')
    expect(verify(flip(kept, old, 1000)).verdict).toBe('intact')
    // Its header is read by every open, so a damaged one has to go.
    const damaged = withFile(kept, old, new Uint8Array(4096))
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`header.invalid ${old}`])
    expect(plan.choices.map(({ id, isLossless }) => [id, isLossless])).toEqual([[`set-aside ${old}`, true]])
  })

  it('knows an empty directory', () => {
    const inspection = inspectLogSync(memoryStorage(), look)
    expect(inspection).toMatchObject({ verdict: 'unreadable', logId: undefined, tail: undefined, lastSequence: 0 })
    expect(codesOf(inspection)).toEqual(['names.no-log '])
  })
})

describe('a shallow look', () => {
  it('finds what an open finds, and by the same row', () => {
    const seal = flip(image.snapshot, names[0] as string, 3424)
    const trailer = flip(seal, names[0] as string, 4090)
    expect(verify(trailer, false).findings).toMatchObject([{ code: 'seal.missing', row: 'sealed.no-seal' }])
    const frame = flip(flip(image.snapshot, names[3] as string, 600), names[3] as string, 4090)
    expect(verify(frame, false).findings).toMatchObject([{ code: 'frame.damaged', row: 'sealed.damage' }])
    expect(verify(flip(image.snapshot, names[0] as string, 600), false).verdict).toBe('intact')
  })
})

describe('a look at what a newer version wrote', () => {
  it('refuses to repair it', () => {
    const name = names[2] as string
    const header = bytesOf(image.snapshot, name).slice()
    header[14] = 1
    const plan = planFor(withFile(image.snapshot, name, reseal(header)))
    expect(plan).toMatchObject({ verdict: 'unreadable', choices: [] })
    expect(codesOf(plan)).toEqual([`header.unsupported ${name}`])
    expect(plan.refusals[0]?.reason).toMatch(/^a newer version/)
  })

  function reseal(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    new DataView(bytes.buffer).setBigUint64(120, BigInt(`0x${wordToHex(xxh64(bytes.subarray(0, 120)))}`), true)
    return bytes
  }
})

describe('a look at a replica', () => {
  const source = openLogSync({ storage: memoryStorage({ snapshot: image.snapshot }), ...image.options })

  function replica(): ReturnType<typeof memoryStorage> {
    const storage = memoryStorage()
    const copy = openReplicaSync({ storage, kernel: 'portable' })
    copy.receiveSync(source.streamSync())
    copy.closeSync()
    return storage
  }

  it('goes by what was synced, and leaves repairs to its source', () => {
    const snapshot = replica().snapshot()
    expect(inspectLogSync(memoryStorage({ snapshot }), look)).toMatchObject({ isReplica: true, verdict: 'intact' })
    const plan = planFor(flip(snapshot, segmentNames(snapshot)[0] as string, 600))
    expect(plan).toMatchObject({ verdict: 'corrupt', choices: [] })
    expect(plan.refusals[0]?.reason).toMatch(/^a replica is repaired from its source/)
    const position = withFile(snapshot, 'replica.position', new Uint8Array(500))
    expect(codesOf(verify(position))).toEqual(['replica.position replica.position'])
    const gone = withoutFile(snapshot, segmentNames(snapshot).at(-1) as string)
    expect(codesOf(verify(gone))).toContain('replica.position replica.position')
  })
})

describe('a look beside a living writer', () => {
  it('never takes an end that moves for damage', async () => {
    const storage = memoryStorage()
    const log = await openLog({ storage, ...small })
    const verdicts = new Set<string>()
    const progress = { isOver: false }
    const writing = (async () => {
      for (let n = 0; n < 400; n += 1) {
        await log.append(payload(n, 100))
        if (n % 150 === 149) await log.reclaim(log.lastSequence - 50)
      }
      progress.isOver = true
    })()
    while (!progress.isOver) {
      verdicts.add((await verifyLog(storage, look)).verdict)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writing
    await log.close()
    expect([...verdicts]).toEqual(['intact'])
  })
})

describe('progress and its end', () => {
  it('goes from nothing to all bytes, and never back', () => {
    const told: Progress[] = []
    const { snapshot } = withCheckpoints()
    verifyLogSync(memoryStorage({ snapshot }), { ...look, onProgress: (progress) => { told.push(progress) } })
    const done = told.map(({ bytesDone }) => bytesDone)
    expect(done).toEqual([...done].sort((one, other) => one - other))
    expect(told.at(-1)?.bytesDone).toBe(told.at(-1)?.bytesTotal)
    expect(new Set(told.map(({ bytesTotal }) => bytesTotal)).size).toBe(1)
  })

  it('is given up by a signal', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    const storage = memoryStorage({ snapshot: image.snapshot })
    const given = verifyLog(storage, { ...look, signal: controller.signal })
    await expect(given).rejects.toMatchObject({ code: 'ABORTED', cause: new Error('enough') })
  })
})

describe('the two faces', () => {
  it('say the same', async () => {
    const snapshot = flip(image.snapshot, names[1] as string, 600)
    const storage = memoryStorage({ snapshot })
    expect(await inspectLog(storage)).toEqual(inspectLogSync(storage))
    expect(await verifyLog(storage)).toEqual(verifyLogSync(storage))
    expect(await planRepair(storage)).toEqual(planRepairSync(storage))
  })

  it('refuse what they cannot stand on', () => {
    const asynchronous = memoryStorage({ asynchronous: true })
    expect(() => verifyLogSync(asynchronous)).toThrow(/^STORAGE_IS_ASYNC/)
    for (const readBytes of [0, 4097, 4100, 2 ** 29, Number.NaN]) {
      expect(() => verifyLogSync(memoryStorage(), { readBytes })).toThrow(/^INVALID_ARGUMENT: readBytes/)
    }
  })
})
