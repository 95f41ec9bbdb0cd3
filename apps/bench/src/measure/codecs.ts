import { decodeRecord, encodeRecord, frameBytes, RecordDecoder, RecordEncoder } from '@varve/codec'
import type { Measurement, Place } from '../measurement.ts'
import { rowsOf, type Row } from '../row.ts'
import type { Scale } from '../scale.ts'
import { bytesText } from '../sizes.ts'
import { takeTurns, timed } from '../turns.ts'

const payloadBytesMax = 65_536
const chunkBytes = 65_536
const bytesPerTurn = 2 ** 20

/** Records encoded and decoded one by one: what a socket or a file of one's own costs. */
export function codecs({ payloads }: Scale): readonly Measurement[] {
  return payloads
    .filter((payloadBytes) => payloadBytes <= payloadBytesMax)
    .map((payloadBytes) => ({
      name: `codec ${bytesText(payloadBytes)}`,
      run: (place) => measureCodecs(place, payloadBytes),
    }))
}

async function measureCodecs({ scale }: Place, payloadBytes: number): Promise<readonly Row[]> {
  const payload = new Uint8Array(payloadBytes).fill(7)
  const records = Math.min(2000, Math.ceil(bytesPerTurn / frameBytes(payloadBytes)))
  const frame = encodeRecord({ payload })
  const stream = streamOf(payload, records)
  const perSecond = (ms: number): number => records / (ms / 1000)
  const each = (work: () => void) => () =>
    perSecond(timed(() => {
      for (let record = 0; record < records; record += 1) work()
    }))
  const samples = await takeTurns(scale.micro, {
    'copy of the frame': each(() => { frame.slice() }),
    encodeRecord: each(() => { encodeRecord({ payload }) }),
    decodeRecord: each(() => { decodeRecord(frame) }),
    'RecordEncoder.encode': () => {
      const encoder = new RecordEncoder()
      return each(() => { encoder.encode(payload) })()
    },
    'RecordDecoder.push, 64 KiB each': () => perSecond(timed(() => { decodeAll(stream, records) })),
  })
  const measured = Object.entries(samples).map(([name, rates]) => ({
    name,
    samples: rates,
    point: { plot: 'codec-by-payload', line: name, x: payloadBytes },
  }))
  return rowsOf(`records of ${bytesText(payloadBytes)} without a log`, 'records/s', 'rates', measured)
}

function streamOf(payload: Uint8Array, records: number): Uint8Array {
  const encoder = new RecordEncoder()
  const frames = Array.from({ length: records }, () => encoder.encode(payload))
  return new Uint8Array(Buffer.concat([encoder.header, ...frames]))
}

/** Fails where it did anything else than what is measured. */
function decodeAll(stream: Uint8Array, records: number): void {
  const decoder = new RecordDecoder()
  let decoded = 0
  for (let at = 0; at < stream.length; at += chunkBytes) {
    decoded += decoder.push(stream.subarray(at, at + chunkBytes)).length
  }
  if (decoded !== records || decoder.finish() !== undefined) throw new Error(`${decoded} records were decoded`)
}
