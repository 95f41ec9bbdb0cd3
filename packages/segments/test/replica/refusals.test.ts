import { controlType, encodeFileHeader, frameFlag, isVarveError } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import { openLogSync, type StreamChunk, type SynchronousReplica } from '../../src/index.ts'
import { trailerBytes } from '../../src/format/trailer.ts'
import { fileOf, forgeFrame, headerOf, patchedHeader } from '../support/crash-forge.ts'
import { withFile } from '../support/damage-image.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { segmentsOf } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { payload } from '../support/log-records.ts'
import { chunksOf, filesIn, small, storageOf } from '../support/replica-pair.ts'
import { allBytes, appendLarge, appendSmall, replicaOn, streamed, withoutMark } from '../support/replica-parts.ts'

/** Every kind of piece: headers, frames in several pieces, a SEAL, trailers, a header that cuts. */
function everyPiece(): readonly StreamChunk[] {
  const storage = storageOf()
  const log = openLogSync({ storage, ...small })
  appendSmall(log, 1, 30)
  log.appendBatchSync([payload(2, 40), payload(3, 40)])
  log.archiveSync(2)
  appendLarge(log, 2)
  appendSmall(log, 2, 20)
  const first = chunksOf(storage)
  const survivor = storageOf(withoutMark(storage.snapshot()))
  openLogSync({ storage: survivor, ...small }).appendSync(payload(9, 30))
  return [...first, ...chunksOf(survivor, first.at(-1)?.to)]
}

const pieces = everyPiece()
const others = streamed((log) => {
  appendLarge(log, 2)
  appendSmall(log, 2)
})

/** The code of what is thrown; throws itself if something was written or the position has moved. */
function refusal(disk: ControlledStorage, replica: SynchronousReplica, chunk: StreamChunk): string {
  const { position, synced } = replica
  const before = allBytes(disk.snapshot())
  try {
    replica.writeSync(chunk)
  } catch (error) {
    expect([replica.position, replica.synced]).toEqual([position, synced])
    expect(allBytes(disk.snapshot())).toEqual(before)
    if (isVarveError(error)) return error.code
    throw error
  }
  return 'accepted'
}

/** A piece that must be refused, and as what. */
interface Wrong {
  readonly chunk: StreamChunk
  readonly codes: readonly string[]
}

/** Hands over all pieces; before each one, `tries` says what must be refused first. */
function receiveAmid(tries: (at: number) => readonly Wrong[]): void {
  const disk = new ControlledStorage()
  const replica = replicaOn(disk.storage)
  pieces.forEach((piece, at) => {
    for (const { chunk, codes } of tries(at)) expect(codes, `piece ${at}`).toContain(refusal(disk, replica, chunk))
    replica.writeSync(piece)
    replica.syncSync()
  })
  expect(filesIn(disk.snapshot())).toEqual(expectedFiles)
  expect(disk.offences).toEqual([])
}

const whole = new ControlledStorage()
replicaOn(whole.storage).receiveSync(pieces)
const expectedFiles = filesIn(whole.snapshot())

describe('a piece that is refused changes nothing, and the replica goes on', () => {
  it('because any one of its bytes is another', () => {
    receiveAmid((at) => {
      const { bytes } = pieces[at] as StreamChunk
      // One bit of each byte: the long payloads at every seventh byte.
      const step = bytes.length > 1000 ? 7 : 1
      const flips: StreamChunk[] = []
      for (let byte = 0; byte < bytes.length; byte += step) {
        const flipped = bytes.slice()
        flipped[byte] = (flipped[byte] as number) ^ (1 << byte % 8)
        flips.push({ ...(pieces[at] as StreamChunk), bytes: flipped })
      }
      return flips.map((chunk) => ({ chunk, codes: ['CORRUPT'] }))
    })
  })

  it('because it is cut off, or too long', () => {
    receiveAmid((at) => {
      const piece = pieces[at] as StreamChunk
      const lengths = [1, 7, 8, 39, 40, 63, 64, 65, 127, piece.bytes.length - 8, piece.bytes.length - 1]
      const cut = lengths.filter((length) => length > 0 && length < piece.bytes.length)
      const longer = [1, 8, 40, 64].map((more) => {
        const bytes = new Uint8Array(piece.bytes.length + more)
        bytes.set(piece.bytes)
        return bytes
      })
      const others = [...cut.map((length) => piece.bytes.slice(0, length)), ...longer]
      return others.map((bytes) => ({ chunk: { ...piece, bytes }, codes: ['CORRUPT'] }))
    })
  })

  it('because it came before, or comes too early', () => {
    receiveAmid((at) =>
      pieces
        // An empty replica may begin with any segment.
        .filter((chunk, other) => other !== at && !(at === 0 && chunk.from.offset === 0))
        .map((chunk) => ({ chunk, codes: ['INVALID_ARGUMENT'] })),
    )
  })

  it('because it belongs to another log', () => {
    const wrong = others.map((chunk) => ({ chunk, codes: ['FOREIGN_FILE', 'INVALID_ARGUMENT'] }))
    receiveAmid((at) => (at === 0 ? [] : wrong))
  })

  it('because it stands somewhere else than it says', () => {
    receiveAmid((at) => {
      const piece = pieces[at] as StreamChunk
      const { from, to } = piece
      const wrong = [
        { ...piece, from: { ...from, offset: from.offset + 8 } },
        { ...piece, from: { ...from, offset: Math.max(0, from.offset - 8) } },
        { ...piece, from: { ...from, segment: from.segment + 1 } },
        { ...piece, from: { ...from, salt: '0'.repeat(16) } },
        { ...piece, from: { ...from, logId: '0'.repeat(32) } },
        { ...piece, from: { ...from, digest: '0'.repeat(16) } },
        { ...piece, to: { ...to, digest: '0'.repeat(16) } },
      ]
      const isFrames = from.offset > 0 && piece.bytes.length !== trailerBytes
      // A header and a trailer say themselves what they belong to.
      const tried = isFrames ? wrong : wrong.slice(0, from.offset === 0 ? 1 : 4)
      const isOther = (chunk: StreamChunk): boolean => JSON.stringify(chunk) !== JSON.stringify(piece)
      return tried.filter(isOther).map((chunk) => ({ chunk, codes: ['INVALID_ARGUMENT', 'FOREIGN_FILE', 'CORRUPT'] }))
    })
  })

  it('because it is none', () => {
    receiveAmid((at) => {
      const piece = pieces[at] as StreamChunk
      const { from } = piece
      const nonsense = [
        { ...piece, bytes: new Uint8Array(0) },
        { ...piece, bytes: [...piece.bytes] as never },
        { ...piece, bytes: undefined as never },
        { ...piece, from: { ...from, offset: Number.NaN } },
        { ...piece, from: { ...from, segment: 0.5 } },
        { ...piece, from: undefined as never },
        { bytes: piece.bytes } as never,
        { from, bytes: piece.bytes } as never,
        undefined as never,
      ]
      return nonsense.map((chunk) => ({ chunk, codes: ['INVALID_ARGUMENT'] }))
    })
  })

  it('because it holds a MARK: that is what its own writer knew', async () => {
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    const [head, ...rest] = pieces as [StreamChunk, ...StreamChunk[]]
    replica.writeSync(head)
    const header = headerOf(disk.snapshot(), segmentsOf(disk.snapshot())[0]?.name ?? '')
    const frame = { type: controlType.mark, sequence: 0, flags: frameFlag.control }
    const mark = { from: head.to, to: head.to, bytes: forgeFrame(header, header.blockBytes, frame) }
    expect(refusal(disk, replica, mark)).toBe('CORRUPT')
    const { message } = await failure('CORRUPT', () => { replica.writeSync(mark) })
    expect(message).toContain('MARK')
    replica.receiveSync(rest)
  })

  it('because it is of a newer format, frames or header', async () => {
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    const [head] = pieces as [StreamChunk]
    const image = patchedHeader(withFile(storageOf().snapshot(), 'x', head.bytes), 'x', 8, 2)
    expect(refusal(disk, replica, { ...head, bytes: fileOf(image, 'x') })).toBe('UNSUPPORTED_FORMAT')
    replica.writeSync(head)
    const header = headerOf(disk.snapshot(), segmentsOf(disk.snapshot())[0]?.name ?? '')
    const frame = forgeFrame(header, header.blockBytes, { type: 1, sequence: 1, version: 2 })
    expect(refusal(disk, replica, { from: head.to, to: head.to, bytes: frame })).toBe('UNSUPPORTED_FORMAT')
  })

  it('because it is the header of something else than a segment that could be opened again', () => {
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    const [head] = pieces as [StreamChunk]
    const header = headerOf(withFile(storageOf().snapshot(), 'x', head.bytes), 'x')
    for (const changes of [{ kind: 2, segmentIndex: 0 }, { segmentIndex: 2 }, { bornEnd: 0 }] as const) {
      expect(refusal(disk, replica, { ...head, bytes: encodeFileHeader({ ...header, ...changes }) })).toBe('CORRUPT')
    }
  })

  it('because it announces more than there is, before anything is allocated for it', () => {
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    const [head] = pieces as [StreamChunk]
    replica.writeSync(head)
    const header = headerOf(disk.snapshot(), segmentsOf(disk.snapshot())[0]?.name ?? '')
    for (const announces of [8, 3000, 2 ** 31, 2 ** 32 - 1]) {
      const frame = forgeFrame(header, header.blockBytes, { type: 1, sequence: 1, announces })
      expect(refusal(disk, replica, { from: head.to, to: head.to, bytes: frame })).toBe('CORRUPT')
    }
  })
})

describe('what the caller does with its buffer', () => {
  it('while a piece is being written does not matter', () => {
    const disk = new ControlledStorage()
    const replica = replicaOn(disk.storage)
    for (const piece of pieces) {
      const bytes = Buffer.from(piece.bytes)
      replica.writeSync({ ...piece, bytes: bytes })
      bytes.fill(0)
      replica.syncSync()
    }
    expect(filesIn(disk.snapshot())).toEqual(expectedFiles)
  })

  it('may hold several pieces, of which views are given', () => {
    const storage = storageOf()
    const replica = replicaOn(storage)
    const all = Buffer.concat(pieces.map(({ bytes }) => bytes))
    let at = 0
    for (const piece of pieces) {
      replica.writeSync({ ...piece, bytes: all.subarray(at, at + piece.bytes.length) })
      at += piece.bytes.length
    }
    expect(filesIn(storage.snapshot())).toEqual(expectedFiles)
  })
})
