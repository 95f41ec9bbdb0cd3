import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCheckpointPublisher, openLog, openReplica, nodeStorage, type Log } from 'varve'
import { describe, expect, it } from 'vitest'
import { runCopy, type CopyOutcome } from '../../src/copy/run-copy.ts'
import { expectGolden } from '../support/golden.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { onDisk, recordsOf } from '../import/support.ts'

interface Pair {
  readonly source: string
  readonly target: string
}

function pair(): Pair {
  const root = temporaryDirectory()
  return { source: join(root, 'source'), target: join(root, 'target') }
}

const settings = { durability: 'async', segmentBytes: 65_536 } as const

async function fill(log: Log, count: number, bytes = 500): Promise<void> {
  for (let n = 0; n < count; n += 1) await log.append(new Uint8Array(bytes).fill(n))
  await log.sync()
}

async function filled({ source }: Pair, count = 300): Promise<void> {
  const log = await openLog(source, settings)
  await fill(log, count)
  await createCheckpointPublisher(log).publish(new TextEncoder().encode('state'))
  await log.close()
}

/** Times, places and digests differ from run to run. */
function shown(text: string, { source, target }: Pair): string {
  return text.replaceAll(source, 'SRC').replaceAll(target, 'DST')
    .replace(/offset [\d,]+/g, 'offset N').replace(/[0-9a-f]{16}\n/g, 'DIGEST\n').replace(/[\d.]+ KiB/g, 'N KiB')
}

async function expectSame({ source, target }: Pair): Promise<void> {
  expect(await recordsOf(target)).toEqual(await recordsOf(source))
}

describe('varve copy', () => {
  it('brings a copy up to the log, with its checkpoints, beside a writer', async () => {
    const both = pair()
    await filled(both)
    const log = await openLog(both.source, settings)
    const first = await onDisk(['copy', both.source, both.target])
    expect(first.code).toBe(0)
    expectGolden('copy/first', shown(first.out, both))
    await fill(log, 10)
    const second = await onDisk(['copy', both.source, both.target], { columns: 50 })
    expect(second.code).toBe(0)
    expectGolden('copy/second-50', shown(second.out, both))
    await expectSame(both)
    expect(readdirSync(both.target).filter((name) => name.endsWith('.checkpoint'))).toHaveLength(1)
    const { out } = await onDisk(['copy', both.source, both.target, '--json'])
    expect(JSON.parse(out)).toMatchObject({ bytes: 0, lastSequence: 310, isInterrupted: false })
    await log.close()
  })

  it('shows how far it is, and syncs now and then', async () => {
    const both = pair()
    const log = await openLog(both.source, { durability: 'async' })
    await fill(log, 200, 100_000)
    await log.close()
    let ms = 0
    const ended = await onDisk(['copy', both.source, both.target], { columns: 100, now: () => (ms += 1000) })
    expect(ended.err).toMatch(/9\d %/)
    await expectSame(both)
  })

  it('refuses what is no copy, and leaves it as it is', async () => {
    const both = pair()
    await filled(both)
    const other = pair()
    await filled(other)
    await onDisk(['copy', other.source, other.target])
    const before = await recordsOf(other.target)
    expect((await onDisk(['copy', both.source, other.target])).code).toBe(5)
    expect(await recordsOf(other.target)).toEqual(before)
    expect((await onDisk(['copy', both.source, other.source])).code).toBe(3)
    expect((await onDisk(['copy', both.source, `${both.source}/../source`])).code).toBe(3)
    expect((await onDisk(['copy', join(both.source, 'none'), both.target])).code).toBe(5)
  })

  it('stops at damage', async () => {
    const both = pair()
    await filled(both)
    const name = join(both.source, readdirSync(both.source).filter((each) => each.endsWith('.varve')).sort()[1] ?? '')
    const bytes = readFileSync(name)
    bytes[30_000]! ^= 1
    writeFileSync(name, bytes)
    const ended = await onDisk(['copy', both.source, both.target])
    expect(ended.code).toBe(2)
    expect(ended.err).toContain('CORRUPT')
  })

  it('stops at damage of the last segment, in front of which a reader only sees an end', async () => {
    const both = pair()
    await filled(both, 20)
    const name = join(both.source, readdirSync(both.source).find((each) => each.endsWith('.varve')) ?? '')
    const bytes = readFileSync(name)
    bytes[8000]! ^= 1
    writeFileSync(name, bytes)
    const ended = await onDisk(['copy', both.source, both.target])
    expect(ended.code).toBe(2)
    expect((await recordsOf(both.target)).length).toBeGreaterThan(0)
  })

  it('says which checkpoint it could not have', async () => {
    const both = pair()
    await filled(both)
    const name = join(both.source, readdirSync(both.source).find((each) => each.endsWith('.checkpoint')) ?? '')
    const bytes = readFileSync(name)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(name, bytes)
    const ended = await onDisk(['copy', both.source, both.target])
    expect(ended.code).toBe(1)
    expect(ended.out).toContain('not copied: ')
  })

  it('removes what the log gave up when asked to', async () => {
    const both = pair()
    await filled(both, 600)
    await onDisk(['copy', both.source, both.target])
    const log = await openLog(both.source, settings)
    await log.archive(500)
    await log.sync()
    await log.close()
    const ended = await onDisk(['copy', both.source, both.target, '--reclaim'])
    expect(ended.out).toMatch(/reclaimed {4}\d segments?/)
    await expectSame(both)
  })

  it('of an empty log, and interrupted before anything came', async () => {
    const both = pair()
    await (await openLog(both.source, settings)).close()
    const stopped = await onDisk(['copy', both.source, both.target], { interrupt: AbortSignal.abort() })
    expect(stopped.code).toBe(130)
    expect(stopped.out).toContain('nothing yet')
    expect((await onDisk(['copy', both.source, both.target])).code).toBe(0)
    expect(await recordsOf(both.target)).toEqual([])
  })
})

describe('--follow', () => {
  it('has what came and a checkpoint of meanwhile, and ends at Ctrl-C with all of it synced', async () => {
    const both = pair()
    await filled(both, 20)
    const writer = await openLog(both.source, settings)
    const log = await openLog(both.source, { readOnly: true })
    const storage = nodeStorage(both.target)
    const replica = await openReplica({ storage })
    const stopping = new AbortController()
    let isFollowing = (): void => {}
    const following = new Promise<void>((resolve) => { isFollowing = resolve })
    const copying: Promise<CopyOutcome> = runCopy(log, replica, storage, {
      follow: true,
      reclaim: false,
      signal: stopping.signal,
      pollMs: 5,
      onProgress: (progress) => { if (progress.isFollowing) isFollowing() },
    })
    const early = setInterval(() => { void writer.append(new Uint8Array(100)) }, 5)
    await following
    clearInterval(early)
    await createCheckpointPublisher(writer).publish(new TextEncoder().encode('newer'))
    await fill(writer, 30)
    const last = writer.lastSequence
    while (readdirSync(both.target).filter((name) => name.endsWith('.checkpoint')).length < 2) {
      await writer.append(new Uint8Array(10))
      await writer.sync()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    stopping.abort()
    const outcome = await copying
    expect(outcome.isInterrupted).toBe(true)
    expect(outcome.lastSequence).toBeGreaterThanOrEqual(last)
    expect(outcome.checkpoints).toHaveLength(2)
    expect(outcome.synced).toEqual(replica.position)
    await replica.close()
    await log.close()
    await writer.close()
    expect((await onDisk(['copy', both.source, both.target])).code).toBe(0)
    await expectSame(both)
    await storage.close()
  })
})

describe('varve promote', () => {
  async function copied(): Promise<Pair> {
    const both = pair()
    await filled(both, 20)
    await onDisk(['copy', both.source, both.target])
    return both
  }

  it('makes a replica a log', async () => {
    const both = await copied()
    const ended = await onDisk(['promote', both.target, '--yes'])
    expect(ended.code).toBe(0)
    expectGolden('copy/promoted', shown(ended.out, both))
    const log = await openLog(both.target)
    expect(await log.append(new Uint8Array(1))).toBe(21)
    await log.close()
    expect((await onDisk(['promote', both.target, '--yes'])).code).toBe(5)
  })

  it('prints JSON', async () => {
    const both = await copied()
    const { out } = await onDisk(['promote', both.target, '--yes', '--json'])
    expect(JSON.parse(out)).toMatchObject({ lastSequence: 20, epoch: 2 })
  })

  it('asks first, and tells what it means', async () => {
    const both = await copied()
    const refused = await onDisk(['promote', both.target], { stdin: 'n\n', isInteractive: true, columns: 70 })
    expect(refused.code).toBe(1)
    expectGolden('copy/promote-question', shown(refused.err, both))
    expect((await onDisk(['promote', both.target], { stdin: '', isInteractive: true })).code).toBe(1)
    const pieces = (async function* () { yield Buffer.from('ye'); yield Buffer.from('s\n') })()
    expect((await onDisk(['promote', both.target], { stdin: pieces, isInteractive: true })).code).toBe(0)
  })

  it('does not guess where nobody can be asked', async () => {
    const both = await copied()
    const ended = await onDisk(['promote', both.target])
    expect(ended.code).toBe(3)
    expect(ended.err).toContain('--yes')
  })
})
