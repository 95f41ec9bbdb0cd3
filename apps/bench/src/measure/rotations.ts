import { join } from 'node:path'
import { frameBytes } from '@varve/codec'
import { openLog, openLogSync, type Log } from 'varve'
import { GrowingFile } from '../floors/growing-file.ts'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, valueAtMost, type Point, type Row } from '../row.ts'
import { summarize } from '../statistics.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

const payload = new Uint8Array(16_384).fill(7)
/** So small that more than one append of a hundred rotates, and the slowest hundredth is one that does. */
const segmentBytes = 2 ** 20
const appendsPerTurn = 66

/** Appends across rotations: into a file made ready beside the writer, one made of an old segment, one made now. */
export const rotations: Measurement = { name: 'rotation 16 KiB', run: measureRotations }

async function measureRotations({ directory, scale }: Place): Promise<readonly Row[]> {
  const fresh = await openLog(join(directory, 'fresh'), { segmentBytes })
  const recycled = await openLog(join(directory, 'recycled'), { segmentBytes, recycle: true })
  const unprepared = openLogSync(join(directory, 'unprepared'), { segmentBytes })
  const raw = new GrowingFile(join(directory, 'growing'))
  const bytes = new Uint8Array(frameBytes(payload.length)).fill(7)
  const samples = { raw: [] as number[], fresh: [] as number[], recycled: [] as number[], unprepared: [] as number[] }
  const append = async (log: Log, into: number[]): Promise<void> => {
    into.push((await timedWaiting(() => log.append(payload))) * 1000)
    // As soon as there is an old one, while the next one is not being made yet.
    if (log.segments.length > 1) await log.reclaim(log.lastSequence)
  }
  const turn = (log: Log, into: number[]) => async (): Promise<number> => {
    for (let n = 0; n < appendsPerTurn; n += 1) await append(log, into)
    return into.length
  }
  await takeTurns(scale.rotations, {
    raw: () => {
      for (let n = 0; n < appendsPerTurn; n += 1) samples.raw.push(timed(() => { raw.writeAndSync(bytes) }) * 1000)
      return samples.raw.length
    },
    fresh: turn(fresh, samples.fresh),
    recycled: turn(recycled, samples.recycled),
    unprepared: () => {
      for (let n = 0; n < appendsPerTurn; n += 1) {
        samples.unprepared.push(timed(() => { unprepared.appendSync(payload) }) * 1000)
        if (unprepared.segments.length > 1) unprepared.reclaimSync(unprepared.lastSequence)
      }
      return samples.unprepared.length
    },
  })
  const share = (log: Log, of: 'recycled' | 'spareMisses'): string => `${log.stats()[of]} of ${log.stats().rotations}`
  const names = {
    fresh: `made ready beside the writer; missed ${share(fresh, 'spareMisses')}`,
    recycled: `made of old segments, ${share(recycled, 'recycled')}; missed ${share(recycled, 'spareMisses')}`,
  }
  await fresh.close()
  await recycled.close()
  unprepared.closeSync()
  raw.close()
  const slowness = (all: readonly number[]): readonly number[] => {
    const { p99, median } = summarize(all, 'durations')
    return [p99 / median]
  }
  const floor = 'write + fdatasync, growing file'
  const unpreparedName = 'made by the rotation itself (appendSync)'
  const point = (line: string): Point => ({ plot: 'rotation-latency', line, x: payload.length })
  const group = 'one durable append of 16 KiB at a time, across rotations'
  return [
    ...rowsOf(`${group}; p99 is a rotation`, 'µs', 'durations', [
      { name: floor, samples: samples.raw, point: point(floor) },
      { name: names.fresh, samples: samples.fresh, point: point('made ready beside the writer') },
      { name: names.recycled, samples: samples.recycled, point: point('made of old segments') },
      { name: unpreparedName, samples: samples.unprepared, point: point('made by the rotation itself') },
    ]),
    ...rowsOf(`${group}: p99 as a multiple of the median`, 'x', 'durations', [
      // A disk that is slow now and then is so without a log as well.
      { name: floor, samples: slowness(samples.raw) },
      { name: 'made ready beside the writer', samples: slowness(samples.fresh), budget: valueAtMost(2) },
      { name: 'made of old segments', samples: slowness(samples.recycled), budget: valueAtMost(2) },
      { name: unpreparedName, samples: slowness(samples.unprepared) },
    ]),
  ]
}
