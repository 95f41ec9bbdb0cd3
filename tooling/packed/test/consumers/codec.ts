// Somebody who frames records in a stream of their own, with the codec alone and on no particular platform.
import { RecordDecoder, RecordEncoder } from '@varve/codec'

declare const console: { log(text: string): void }

const payloads = Array.from({ length: 100 }, (_, at) => new Uint8Array(at * 13).fill(at))
const encoder = new RecordEncoder()
const stream = [encoder.header, ...payloads.map((payload) => encoder.encode(payload))]

/** Decodes in chunks of a size that fits nothing. Returns what came out, in order. */
function decode(bytes: Uint8Array): string[] {
  const decoder = new RecordDecoder()
  const seen: string[] = []
  for (let from = 0; from < bytes.length; from += 97) {
    for (const result of decoder.push(bytes.subarray(from, from + 97))) {
      if (result.kind !== 'record') return [...seen, result.kind]
      const { sequence, payload } = result.record
      const expected = payloads[sequence - 1]
      const isIntact = expected?.length === payload.length && payload.every((byte, at) => byte === expected[at])
      seen.push(isIntact ? `record ${sequence}` : `record ${sequence} has other bytes`)
    }
  }
  return [...seen, decoder.finish()?.kind ?? 'end']
}

const bytes = new Uint8Array(encoder.position)
let position = 0
for (const chunk of stream) {
  bytes.set(chunk, position)
  position += chunk.length
}
const intact = decode(bytes)
const middle = bytes.length >>> 1
bytes[middle] = (bytes[middle] ?? 0) ^ 1
const corrupted = decode(bytes)
const truncated = decode(bytes.subarray(0, 1000))

console.log(JSON.stringify({ intact, corrupted, truncated }))
