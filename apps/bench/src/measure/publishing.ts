import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createCheckpointPublisher, openLog } from 'varve'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timed, timedWaiting } from '../turns.ts'

/** Publishing a state as a checkpoint, beside what a program does that replaces a file in the safe way. */
export function publishing({ stateBytes }: Scale): readonly Measurement[] {
  return stateBytes.map((bytes) => ({
    name: `checkpoint ${bytesText(bytes)}`,
    run: (place) => measurePublishing(place, bytes),
  }))
}

async function measurePublishing({ directory, scale }: Place, bytes: number): Promise<readonly Row[]> {
  const state = new Uint8Array(bytes).fill(7)
  const log = await openLog(join(directory, 'log'))
  const publisher = createCheckpointPublisher(log)
  const raw = 'write + fsync + rename + fsync of the directory'
  const samples = await takeTurns(scale.reopens, {
    [raw]: () => timed(() => { replaceFile(directory, state) }),
    publish: async () => {
      // The state of the same record would not be written again.
      await log.append(state.subarray(0, 16))
      return await timedWaiting(() => publisher.publish(state))
    },
  })
  await log.close()
  const measured = Object.entries(samples).map(([name, times]) => ({
    name,
    samples: times,
    point: { plot: 'checkpoint-by-size', line: name, x: bytes },
  }))
  return rowsOf(`publishing a state of ${bytesText(bytes)}`, 'ms', 'durations', measured)
}

function replaceFile(directory: string, state: Uint8Array): void {
  const fd = openSync(join(directory, 'state.new'), 'w')
  for (let at = 0; at < state.length; ) at += writeSync(fd, state, at)
  fsyncSync(fd)
  closeSync(fd)
  renameSync(join(directory, 'state.new'), join(directory, 'state'))
  syncDirectory(directory)
}

function syncDirectory(directory: string): void {
  // Windows opens no directories, and does not need to.
  if (process.platform === 'win32') return
  const fd = openSync(directory, 'r')
  fsyncSync(fd)
  closeSync(fd)
}
