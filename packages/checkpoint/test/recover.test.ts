import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { openLog, openLogSync } from '@varve/segments'
import { asynchronousRuntime } from '@varve/storage'
import { describe, expect, it } from 'vitest'
import { createCheckpointPublisher, createCheckpointPublisherSync, recover, recoverSync } from '../src/index.ts'
import { bytes, faces, failure, geometry, named, openProgramSync, type OpenProgram } from './support/programs.ts'
import { TracedStorage } from './support/traced-storage.ts'

type Files = Map<string, Uint8Array<ArrayBuffer>>

/** Checkpoints at 2 and 4 of 5 records, killed. */
async function killed(): Promise<MemorySnapshot> {
  const storage = memoryStorage()
  const program = await openProgramSync({ storage })
  await program.append(2)
  await program.publish(bytes('two'))
  await program.append(2)
  await program.publish(bytes('four'))
  await program.append(1)
  return storage.snapshot()
}

function changed(snapshot: MemorySnapshot, change: (files: Files) => void): MemorySnapshot {
  const files = new Map([...snapshot.files].map(([name, content]) => [name, content.slice()]))
  change(files)
  return { ...snapshot, files }
}

function flip(files: Files, sequence: number, at = 200): void {
  const content = files.get(named(sequence)) as Uint8Array
  content[at] = (content[at] as number) ^ 1
}

describe.each(faces)('recover, %s', (_face, open: OpenProgram) => {
  const on = (snapshot: MemorySnapshot, readOnly = false): ReturnType<OpenProgram> =>
    open({ storage: memoryStorage({ snapshot }), readOnly })

  it('restores the newest checkpoint and applies what came after it', async () => {
    const program = await on(await killed())
    expect(await program.recover()).toEqual({
      checkpoint: { sequence: 4, name: named(4), bytes: 4 },
      damaged: [],
      orphans: [],
      notes: [],
      records: 1,
      lastSequence: 5,
      state: 'four',
      applied: [5],
    })
    await program.close()
  })

  it('applies everything where there is no checkpoint, and nothing where there is nothing', async () => {
    const program = await open({ storage: memoryStorage() })
    const nothing = { checkpoint: undefined, state: undefined, records: 0, lastSequence: 0 }
    expect(await program.recover()).toMatchObject(nothing)
    await program.append(3)
    expect(await program.recover()).toMatchObject({ checkpoint: undefined, applied: [1, 2, 3], lastSequence: 3 })
    await program.close()
  })

  it('falls back to the checkpoint before a damaged or missing one, and says so', async () => {
    const snapshot = await killed()
    const flipped = changed(snapshot, (files) => { flip(files, 4) })
    const missing = changed(snapshot, (files) => { files.delete(named(4)) })
    for (const [image, code] of [[flipped, 'CORRUPT'], [missing, 'NOT_FOUND']] as const) {
      for (const readOnly of [false, true]) {
        const program = await on(image, readOnly)
        const recovered = await program.recover()
        expect(recovered).toMatchObject({ checkpoint: { sequence: 2 }, state: 'two', applied: [3, 4, 5] })
        expect(recovered.damaged).toMatchObject([{ sequence: 4, name: named(4), code }])
        await program.close()
      }
    }
  })

  it('does not look at an older one while the newest is whole', async () => {
    const program = await on(changed(await killed(), (files) => { flip(files, 2) }))
    expect(await program.recover()).toMatchObject({ state: 'four', damaged: [] })
    await program.close()
  })

  it('refuses when none is left and records are gone, and names what is at stake', async () => {
    const snapshot = changed(await killed(), (files) => {
      flip(files, 4)
      files.delete(named(2))
    })
    const program = await on(snapshot)
    const error = await failure('CORRUPT', () => program.recover())
    const row = 'checkpoint.none-left'
    expect(error.context).toEqual({ file: `${named(4)}, ${named(2)}`, row, firstSequence: 1, lastSequence: 2 })
    await program.close()
  })

  it('applies everything when none is left and nothing was given up', async () => {
    const storage = memoryStorage()
    const first = await openProgramSync({ storage })
    await first.publish(bytes('seed'))
    await first.append(2)
    const program = await on(changed(storage.snapshot(), (files) => { flip(files, 0) }))
    const everything = { checkpoint: undefined, applied: [1, 2], damaged: [{ sequence: 0 }] }
    expect(await program.recover()).toMatchObject(everything)
    await program.close()
  })

  it('refuses a log whose beginning was given up without a checkpoint', async () => {
    const program = await open({ storage: memoryStorage() })
    await program.append(3)
    if ('archive' in program.log) await program.log.archive(3)
    else program.log.archiveSync(3)
    const error = await failure('CORRUPT', () => program.recover())
    expect(error.message).toContain('the log lists none')
    await program.close()
  })

  it('does not begin with a checkpoint whose next records were given up', async () => {
    const program = await on(await killed())
    if ('archive' in program.log) await program.log.archive(6)
    else program.log.archiveSync(6)
    const error = await failure('RECLAIMED', () => program.recover())
    expect(error.message).toContain('records 5 to 5, which follow it, were given up')
    await program.close()
  })

  it('tells a reader beside a living writer that it comes too late, not that something is damaged', async () => {
    const snapshot = changed(await killed(), (files) => {
      files.delete(named(2))
      files.delete(named(4))
    })
    const reader = await on(snapshot, true)
    expect((await failure('RECLAIMED', () => reader.recover())).message).toContain('open the log again')
    const writer = await on(snapshot)
    await failure('CORRUPT', () => writer.recover())
    await writer.close()
  })

  it('refuses to call unreadable what could not be read this time', async () => {
    const disk = new TracedStorage({ snapshot: changed(await killed(), (files) => { files.delete(named(2)) }) })
    const program = await open({ storage: disk.storage })
    disk.failOn(/^read .*checkpoint/)
    await failure('IO', () => program.recover())
    disk.before = () => {}
    disk.count = (read, name) => (name === named(4) ? 0 : read)
    await failure('SHORT_READ', () => program.recover())
    disk.count = (read, name) => (name === named(4) ? read + 1 : read)
    await failure('IO', () => program.recover())
    disk.count = (read) => read
    expect(await program.recover()).toMatchObject({ state: 'four' })
    await program.close()
  })

  it('removes what interrupted publishes left, but for what cannot be removed', async () => {
    const left = ['0000000000000001.checkpoint', '0000000000000005.checkpoint.new']
    const snapshot = changed(await killed(), (files) => {
      for (const name of left) files.set(name, bytes('something'))
      files.set('0000000000000001.checkpoint.old', bytes('something else'))
      files.set('ffffffffffffffff.checkpoint', bytes('beyond all numbers'))
    })
    const disk = new TracedStorage({ snapshot })
    const program = await open({ storage: disk.storage })
    disk.failOn(/^remove .*new$/)
    const notes = [expect.stringContaining(`${String(left[1])} could not be removed`)]
    expect(await program.recover()).toMatchObject({ state: 'four', orphans: [left[0]], notes })
    disk.before = () => {}
    expect(await program.recover()).toMatchObject({ state: 'four', orphans: [left[1]], notes: [] })
    expect(disk.checkpointFiles).toEqual([
      named(1) + '.old',
      named(2),
      named(4),
      'ffffffffffffffff.checkpoint',
    ].sort())
    await program.close()
  })

  it('changes nothing in a log that it only reads', async () => {
    const snapshot = changed(await killed(), (files) => { files.set(`${named(5)}.new`, bytes('something')) })
    const disk = new TracedStorage({ snapshot })
    const program = await open({ storage: disk.storage, readOnly: true })
    expect(await program.recover()).toMatchObject({ state: 'four', applied: [5], orphans: [] })
    expect(disk.lines.filter((line) => /^(create|existing|write|sync|rename|remove)/.test(line))).toEqual([])
    await program.close()
  })

  it('begins with nothing where there never was a log, and refuses where its segments are gone', async () => {
    const nothing = await open({ storage: memoryStorage(), readOnly: true })
    expect(await nothing.recover()).toMatchObject({ checkpoint: undefined, records: 0 })
    const gone = changed(await killed(), (files) => {
      for (const name of files.keys()) if (name.endsWith('.varve')) files.delete(name)
    })
    const program = await on(gone, true)
    expect((await failure('CORRUPT', () => program.recover())).context.row).toBe('names.segments-gone')
  })

  it('takes a checkpoint beyond the log for what it is: the last witness of records that were durable', async () => {
    const snapshot = await killed()
    const later = memoryStorage({ snapshot })
    const second = await openProgramSync({ storage: later })
    await second.append(1)
    await second.publish(bytes('six'))
    const orphan = later.snapshot().files.get(named(6)) as Uint8Array<ArrayBuffer>
    const program = await on(changed(snapshot, (files) => { files.set(named(6), orphan) }))
    const error = await failure('CORRUPT', () => program.recover())
    const row = 'checkpoint.beyond-log'
    expect(error.context).toEqual({ file: named(6), row, firstSequence: 6, lastSequence: 6 })
    await failure('CORRUPT', () => program.publish(bytes('five')))
    await program.append(1)
    // By now the log goes as far, and no list names the file.
    expect(await program.recover()).toMatchObject({ orphans: [named(6)], state: 'four', applied: [5, 6] })
    await program.close()
  })

  it('refuses a list that names what lies beyond the log', async () => {
    const program = await on(await killed())
    const list = program.log.checkpointList
    list[8] = 9
    if ('recordCheckpoints' in program.log) await program.log.recordCheckpoints(list)
    else program.log.recordCheckpointsSync(list)
    for (const call of [() => program.recover(), () => program.publish(bytes('no'))]) {
      const { context } = await failure('CORRUPT', call)
      expect(context).toMatchObject({ file: named(9), firstSequence: 6, lastSequence: 9 })
    }
    await program.close()
  })

  it('passes over neither the checkpoint of another log nor one of a newer version, listed or not', async () => {
    const elsewhere = new TracedStorage()
    const foreign = await openProgramSync({ storage: elsewhere.storage })
    await foreign.append(4)
    await foreign.publish(bytes('four'))
    const strange = elsewhere.snapshot().files.get(named(4)) as Uint8Array<ArrayBuffer>
    for (const sequence of [4, 1]) {
      const program = await on(changed(await killed(), (files) => { files.set(named(sequence), strange) }))
      expect((await failure('FOREIGN_FILE', () => program.recover())).context.file).toBe(named(sequence))
      await failure('FOREIGN_FILE', () => program.publish(bytes('no')))
      await program.close()
    }
  })

  it('does not restore from a file that has become another one since it was verified', async () => {
    const disk = new TracedStorage({ snapshot: await killed() })
    const program = await open({ storage: disk.storage })
    let opened = 0
    disk.before = (line) => {
      if (line === `read ${named(2)} at 128`) throw new Error('it is the newest that is read')
      if (line === `read ${named(4)} at 128`) opened += 1
      if (opened === 2) disk.count = () => 0
    }
    await failure('SHORT_READ', () => program.recover())
    await program.close()
    expect(disk.open).toEqual([])
  })
})

async function sizeOf(state: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of state) size += chunk.length
  return size
}

describe('restore', () => {
  it('may leave out what it does not want', async () => {
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await createCheckpointPublisher(log).publish(new Uint8Array(200_000))
    const sizes: number[] = []
    await recover(log, {
      async restore(state) {
        for await (const chunk of state) if (sizes.push(chunk.length) === 2) break
      },
      apply: () => {},
    })
    expect(sizes).toEqual([65_536, 65_536])
    const report = await recover(log, { restore: () => {}, apply: () => {} })
    expect(report.checkpoint).toMatchObject({ bytes: 200_000 })
    await log.close()
  })

  it("gives chunks that are the caller's own", async () => {
    const log = openLogSync({ ...geometry, storage: memoryStorage() })
    const state = new Uint8Array(150_000).map((_, at) => at >> 12)
    createCheckpointPublisherSync(log).publishSync(state)
    let chunks: Uint8Array[] = []
    recoverSync(log, { restore: (all) => { chunks = [...all] }, apply: () => {} })
    expect(Buffer.compare(Buffer.concat(chunks), state)).toBe(0)
    log.closeSync()
  })

  it('cannot be read when it has returned: an end then would look like that of the state', async () => {
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await createCheckpointPublisher(log).publish(new Uint8Array(10))
    let late: AsyncIterable<Uint8Array> | undefined
    await recover(log, { restore: (state) => { late = state }, apply: () => {} })
    await failure('CLOSED', () => sizeOf(late as AsyncIterable<Uint8Array>))
    await log.close()
  })

  it('and apply give their errors to the caller as they are, and leave no file open', async () => {
    const disk = new TracedStorage()
    const log = await openLog({ ...geometry, storage: disk.storage })
    await createCheckpointPublisher(log).publish(bytes('zero'))
    await log.append(bytes('record'))
    const own = new Error('my own')
    const fails = (): never => { throw own }
    await expect(recover(log, { restore: fails, apply: () => {} })).rejects.toBe(own)
    await expect(recover(log, { restore: () => {}, apply: async () => fails() })).rejects.toBe(own)
    expect(log.segments.map(({ leases }) => leases)).toEqual([0])
    await log.close()
    expect(disk.open).toEqual([])
  })

  it('and apply are waited for', async () => {
    const log = await openLog({ ...geometry, storage: memoryStorage() })
    await createCheckpointPublisher(log).publish(bytes('zero'))
    await log.appendBatch([bytes('one'), bytes('two')])
    const order: string[] = []
    const slowly = async (what: string): Promise<void> => {
      await new Promise((resolve) => { setImmediate(resolve) })
      order.push(what)
    }
    await recover(log, { restore: () => slowly('restored'), apply: ({ sequence }) => slowly(`applied ${sequence}`) })
    expect(order).toEqual(['restored', 'applied 1', 'applied 2'])
    await log.close()
  })

  it('and apply must not give promises to a synchronous log', async () => {
    const log = openLogSync({ ...geometry, storage: memoryStorage() })
    createCheckpointPublisherSync(log).publishSync(bytes('zero'))
    log.appendSync(bytes('one'))
    const promise = async (): Promise<void> => {}
    for (const call of ['restore', 'apply'] as const) {
      const options = { restore: () => {}, apply: () => {}, [call]: promise }
      expect((await failure('INVALID_ARGUMENT', () => recoverSync(log, options))).message).toContain(call)
    }
    log.closeSync()
  })
})

describe('a long recovery', () => {
  it('gives the event loop its turns, while it reads, restores and applies', async () => {
    let now = 0
    let turns = 0
    const runtime = asynchronousRuntime({
      performance: { now: () => (now += 9) },
      crypto: globalThis.crypto,
      queueMicrotask: (task) => { queueMicrotask(task) },
      setTimeout: (task, delayMs) => setTimeout(task, delayMs),
      clearTimeout: (timer) => { clearTimeout(timer as NodeJS.Timeout) },
      setImmediate: (task) => { turns += 1; return setImmediate(task) },
    })
    const log = await openLog({ ...geometry, storage: memoryStorage(), runtime })
    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      turns = 0
      await work()
      return turns
    }
    function* pieces(): Generator<Uint8Array> { for (let n = 0; n < 20; n += 1) yield new Uint8Array(65_536) }
    expect(await counted(() => createCheckpointPublisher(log).publish(pieces()))).toBeGreaterThan(15)
    expect(await counted(() => recover(log, { restore: sizeOf, apply: () => {} }))).toBeGreaterThan(35)
    await log.appendBatch(new Array<Uint8Array>(30).fill(bytes('record')))
    expect(await counted(() => recover(log, { restore: () => {}, apply: () => {} }))).toBeGreaterThan(45)
    await log.close()
  })
})
