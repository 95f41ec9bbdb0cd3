import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runBench, type Progress } from '../src/bench.ts'
import type { Measurement } from '../src/measurement.ts'
import { measurementsOf } from '../src/measurements.ts'
import { loadPeers } from '../src/peers/load.ts'
import { plots } from '../src/plots.ts'
import type { Row } from '../src/row.ts'
import { quantilePercents } from '../src/statistics.ts'
import { tiny } from '../src/scale.ts'

const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source']
const { peers } = await loadPeers()

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'varve-bench-test-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  return directory
}

/** What a run says on its way. */
class Said implements Progress {
  readonly begun: string[] = []
  readonly shown: Row[] = []
  readonly warnings: string[] = []

  begins(name: string, at: number, of: number): void {
    this.begun.push(`${at}/${of} ${name}`)
  }

  rows(rows: readonly Row[]): void {
    this.shown.push(...rows)
  }

  warn(text: string): void {
    this.warnings.push(text)
  }
}

const all = measurementsOf(tiny)
/** What every run has to find out: names of rows, by the names of their measurements. */
const promised: Readonly<Record<string, readonly string[]>> = {
  'single 256 B': ['write + fdatasync, growing file', 'appendSync', 'append', 'SQLite', 'LMDB', 'LevelDB'],
  'tick 1024 appends of 256 B': ['write + fdatasync for each', 'append, sync mode'],
  'staging 256 B': ['enqueue, written', 'enqueue, without the writes', 'enqueue, written, portable kernel'],
  collections: ['enqueue', 'append, a thousand under way'],
  'durable 256 B x 64': ['append, group mode', 'append, sync mode', 'appendBatch, sync mode', 'SQLite'],
  'durable 256 B x 1': ['appendSync, sync mode', 'O_DSYNC write, zero-filled file', 'enqueue, then sync, async mode'],
  'unsynced 256 B x 1': ['writeSync, growing file', 'append, async mode', 'appendSync, async mode', 'hypercore'],
  'rotation 16 KiB': ['made ready beside the writer', 'made of old segments'],
  'read 256 B': ['readSync, 256 KiB each', 'replay', 'for await … read()', 'get, at random'],
  'scan 256 B': ['replay', 'for await … read()', 'SQLite', 'LMDB', 'LevelDB', 'hypercore'],
  tails: ['no tail', '1 tail', '100 tails'],
  'port 256 B': ['append', 'append over a MessageChannel'],
  'kernel 256 B': ['copy of the same bytes', 'seal, portable', 'scan, portable'],
  'codec 256 B': ['encodeRecord', 'decodeRecord', 'RecordEncoder.encode', 'RecordDecoder.push, 64 KiB each'],
  'recovery by size': ['readSync of all bytes', 'open', 'open, verify all', 'open, replay'],
  'crash by size': ['open after a crash'],
  'open 1, 3 segments of 64 KiB': ['open each file, read a block at both ends', 'openLog'],
  'recovery from a checkpoint': ['open, recover, close'],
  'checkpoint 64 KiB': ['write + fsync + rename + fsync of the directory', 'publish'],
  'event loop': ['open, verify all', 'replay', 'for await … read()'],
  memory: ['the library is loaded'],
}

describe('each measurement', () => {
  it('has a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(promised)))
  })

  it.each(all)('$name gives the rows it promises, and leaves nothing on the disk', async (measurement) => {
    const directory = newDirectory()
    const said = new Said()
    const options = { scale: tiny, measurements: [measurement], peers, directory, flags, progress: said }
    const rows = await runBench(options)
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...(promised[measurement.name] ?? [])]))
    for (const row of rows) checkRow(row)
    expect(said.begun).toEqual([`1/1 ${measurement.name}`])
    expect(said.shown).toEqual(rows)
    expect(said.warnings).toEqual([])
    expect(readdirSync(directory)).toEqual([])
  })
})

function checkRow({ group, name, unit, value, point, budget, met, quantiles }: Row): void {
  const what = `${group}: ${name}`
  expect(value.samples, what).toBeGreaterThan(0)
  expect(Number.isFinite(value.median), what).toBe(true)
  expect(met === undefined, what).toBe(budget === undefined)
  expect(quantiles?.length ?? quantilePercents.length, what).toBe(quantilePercents.length)
  if (point === undefined) return
  const plot = plots.find(({ id }) => id === point.plot)
  expect(plot, what).toBeDefined()
  expect(point.x, what).toBeGreaterThan(0)
  if (plot?.yLabel !== unit) throw new Error(`${what} is in ${unit}, its plot in ${plot?.yLabel ?? ''}`)
}

describe('a run', () => {
  const row: Row = { group: 'g', name: 'n', unit: 'x', value: { median: 1, p99: 1, samples: 1 } }
  const one: Measurement = { name: 'one', run: () => [row] }

  it('takes its measurements in order, and says how far it is', async () => {
    const said = new Said()
    const measurements = [one, { ...one, name: 'two' }]
    const rows = await runBench({
      scale: tiny,
      measurements,
      peers: [],
      directory: newDirectory(),
      flags,
      progress: said,
    })
    expect(said.begun).toEqual(['1/2 one', '2/2 two'])
    expect(rows).toEqual([row, row])
  })

  it('leaves nothing on the disk when it fails, and makes the directory that it was given', async () => {
    const directory = join(newDirectory(), 'new')
    const failing: Measurement = { name: 'failing', run: () => Promise.reject(new Error('as planned')) }
    const options = { scale: tiny, measurements: [one, failing], peers: [], directory, flags, progress: new Said() }
    await expect(runBench(options)).rejects.toThrow('as planned')
    expect(readdirSync(directory)).toEqual([])
  })
})
