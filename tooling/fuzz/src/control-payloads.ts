import { controlType, frameBytes, frameHeaderBytes } from '@varve/codec'
import fc from 'fast-check'
import { encodeArchive, type Files } from './archive.ts'
import { byteChange, number32 } from './byte-changes.ts'
import { runDirectory } from './directory.ts'
import { framesIn, forgeFrame, resealTrailer } from './forge.ts'
import { headerOf, logImages, newestOf, withControl } from './images.ts'
import { type Change, type FuzzTarget, type Outcome } from './target.ts'

/**
 * What SEAL, trailer, FLOOR, CHECKPOINT, CLOSE, PAD and MARK carry, put with right checksums where a reader looks for
 * it. The first byte of an input says where, the second which type, the rest is the payload.
 */
const preface = 2
const places = ['behind the last frame', 'there, claiming nothing', 'for the SEAL', 'for the trailer'] as const
const trailerBytes = 64

let image: Promise<Files> | undefined

/** A log of two sealed segments and one that was not closed. */
async function base(): Promise<Files> {
  image ??= logImages().then((images) => images[2] ?? new Map())
  return await image
}

function oldestOf(files: Files): readonly [string, Uint8Array<ArrayBuffer>] {
  const [name = '', bytes = new Uint8Array(0)] = [...files].sort(([one], [other]) => (one < other ? -1 : 1))[0] ?? []
  return [name, bytes.slice()]
}

/** The offset of the SEAL: the last frame of a sealed segment. */
function sealOf(bytes: Uint8Array): number {
  const header = headerOf(bytes)
  return header === undefined ? 0 : (framesIn(bytes, header, header.blockBytes).at(-1) ?? 0)
}

/** The segment with another SEAL, and a trailer that leads to it. */
function withSeal(bytes: Uint8Array<ArrayBuffer>, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = headerOf(bytes)
  const at = sealOf(bytes)
  const room = bytes.length - trailerBytes - at
  if (header === undefined || frameBytes(payload.length) > room) return bytes
  const view = new DataView(bytes.buffer)
  const place = { sequence: view.getUint32(at + 8, true), timestamp: view.getUint32(at + 16, true) }
  bytes.fill(0, at, bytes.length - trailerBytes)
  bytes.set(forgeFrame(header, at, at, { ...place, type: controlType.seal, flags: 1, payload }), at)
  view.setUint32(bytes.length - trailerBytes + 16, payload.length, true)
  resealTrailer(bytes, header.salt)
  return bytes
}

function withTrailer(bytes: Uint8Array<ArrayBuffer>, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = headerOf(bytes)
  if (header === undefined) return bytes
  bytes.set(content.subarray(0, trailerBytes), bytes.length - trailerBytes)
  resealTrailer(bytes, header.salt)
  return bytes
}

/** The directory that an input stands for. */
function forged(files: Files, input: Uint8Array): Files {
  const payload = input.slice(preface)
  const place = (input[0] ?? 0) % places.length
  const type = 1 + ((input[1] ?? 0) % 6)
  if (place >= 2) {
    const [name, bytes] = oldestOf(files)
    return new Map([...files, [name, place === 2 ? withSeal(bytes, payload) : withTrailer(bytes, payload)]])
  }
  const [name, bytes] = newestOf(files)
  return new Map([...files, [name, withControl(bytes, type, payload, place === 0 ? 'durable' : 'nothing')]])
}

async function run(input: Uint8Array): Promise<Outcome> {
  return runDirectory(encodeArchive(forged(await base(), input)), 'forged')
}

async function seeds(): Promise<readonly Uint8Array[]> {
  const [, bytes] = oldestOf(await base())
  const at = sealOf(bytes)
  const length = new DataView(bytes.buffer).getUint32(at + 4, true)
  const seal = bytes.slice(at + frameHeaderBytes, at + frameHeaderBytes + length)
  const trailer = bytes.slice(-trailerBytes)
  const floor = Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0)
  return [
    Uint8Array.of(0, controlType.floor - 1, ...floor),
    Uint8Array.of(1, controlType.floor - 1, ...floor),
    Uint8Array.of(0, controlType.checkpoint - 1, ...new Uint8Array(48).fill(7)),
    Uint8Array.of(0, controlType.close - 1),
    Uint8Array.of(0, controlType.seal - 1, ...seal),
    Uint8Array.of(2, 0, ...seal),
    Uint8Array.of(3, 0, ...trailer),
  ]
}

const numberAt = fc.tuple(fc.nat(9), number32, fc.constantFrom(0, 1, 2 ** 21))

const number = numberAt.map(([at, low, high]): Change => (bytes) => {
  const out = new Uint8Array(Math.max(bytes.length, preface + at * 8 + 8))
  out.set(bytes)
  const view = new DataView(out.buffer)
  view.setUint32(preface + at * 8, low, true)
  view.setUint32(preface + at * 8 + 4, high, true)
  return out
})

/** Larger than what its writer leaves room for. */
const large = fc.integer({ min: 500, max: 900 }).map((length): Change => (bytes) => {
  const out = new Uint8Array(preface + length).fill(9)
  out.set(bytes.subarray(0, out.length))
  return out
})

export const controlPayloadsTarget: FuzzTarget = {
  name: 'control-payloads',
  law: 'whatever a control record or trailer carries under right checksums is survived',
  seeds,
  change: fc.oneof({ arbitrary: byteChange, weight: 3 }, { arbitrary: number, weight: 4 }, large),
  run,
}
