import { encodeFileHeader, frameHeaderBytes, VarveError } from '@varve/codec'
import { createCheckpointPublisherSync } from '@varve/checkpoint'
import type { LogFile, LogStorage } from '@varve/storage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { verifyLogSync } from '../src/index.ts'
import { choiceOf, codesOf, heal, look, planFor, verify } from './support/heal.ts'
import {
  bytesOf,
  everyKind,
  flip,
  goOn,
  headerOf,
  payload,
  recordsIn,
  sealOffset,
  segmentNames,
  small,
  stateOf,
  withCheckpoints,
  withFile,
  withFrame,
} from '@varve/damage'

/** The log with another payload in the SEAL of a segment, which verifies. */
function withSeal(snapshot: MemorySnapshot, name: string, change: (seal: DataView) => void): MemorySnapshot {
  return withFrame(snapshot, name, sealOffset(snapshot, name), (frame) => {
    change(new DataView(frame.buffer, frame.byteOffset + frameHeaderBytes))
  })
}

/** The bytes of a segment, but for the header of its SEAL: that of a copy claims no durable end. */
function withoutSealHeader(snapshot: MemorySnapshot, name: string): Uint8Array {
  const bytes = bytesOf(snapshot, name).slice()
  if (bytes.length < 4096 || segmentNames(snapshot).at(-1) === name) return bytes
  const at = Number(new DataView(bytes.buffer).getBigUint64(bytes.length - 56, true))
  return bytes.fill(0, at, at + frameHeaderBytes)
}

describe('a header block', () => {
  const image = everyKind({ blockBytes: 256 })

  it('that is not zeros behind its header costs nothing, and is made anew', () => {
    for (const name of segmentNames(image.snapshot)) {
      const damaged = flip(image.snapshot, name, 200)
      const plan = planFor(damaged)
      expect(codesOf(plan)).toEqual([`header.block ${name}`])
      const healed = heal(image, damaged, plan, choiceOf(plan, `renew ${name}`))
      expect(withoutSealHeader(healed, name)).toEqual(withoutSealHeader(image.snapshot, name))
    }
  })

  it('is made anew together with what stands around the SEAL', () => {
    const [name] = segmentNames(image.snapshot) as [string]
    const damaged = flip(flip(image.snapshot, name, 200), name, 4090)
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`header.block ${name}`, `seal.trailer ${name}`])
    const healed = heal(image, damaged, plan, choiceOf(plan, `renew ${name}`))
    expect(withoutSealHeader(healed, name)).toEqual(withoutSealHeader(image.snapshot, name))
  })
})

describe('a SEAL', () => {
  const image = everyKind()
  const [name] = segmentNames(image.snapshot) as [string]

  it('that verifies and was not written by this format is made anew', () => {
    const damaged = withSeal(image.snapshot, name, (seal) => { seal.setBigUint64(40, 0n, true) })
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`seal.invalid ${name}`])
    heal(image, damaged, plan, choiceOf(plan, `renew ${name}`))
  })

  it('that says what is not so is made anew', () => {
    const damaged = withSeal(image.snapshot, name, (seal) => { seal.setBigUint64(0, 7n, true) })
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`seal.counts ${name}`])
    heal(image, damaged, plan, choiceOf(plan, `renew ${name}`))
  })

  it('that alone told of floor and checkpoints is made anew from what was said before it', () => {
    const { snapshot } = withCheckpoints()
    const rotated = goOn(snapshot, small, 'close', (log) => {
      for (let n = 0; n < 80; n += 1) log.appendSync(payload(n, 100))
    })
    const own = { snapshot: rotated, records: recordsIn(rotated), options: small }
    const sealed = segmentNames(rotated).at(-2) as string
    const bytes = bytesOf(rotated, sealed)
    const at = Number(new DataView(bytes.buffer).getBigUint64(bytes.length - 56, true))
    const damaged = flip(rotated, sealed, at)
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`seal.missing ${sealed}`])
    const healed = heal(own, damaged, plan, choiceOf(plan, `renew ${sealed}`))
    const payloadOf = (file: Uint8Array): Uint8Array => file.slice(at + frameHeaderBytes)
    expect(payloadOf(bytesOf(healed, sealed))).toEqual(payloadOf(bytes))
  })
})

describe('a born end inside a frame', () => {
  it('is a header that disagrees; the segment is born again with what it holds', () => {
    const image = everyKind()
    const last = segmentNames(image.snapshot).at(-1) as string
    const bytes = bytesOf(image.snapshot, last).slice()
    bytes.set(encodeFileHeader({ ...headerOf(image.snapshot, last), bornEnd: 136 }))
    const damaged = withFile(image.snapshot, last, bytes)
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`header.disagrees ${last}`])
    expect(choiceOf(plan, 'keep-before').kept).toEqual({ firstSequence: 1, lastSequence: 68 })
    expect(choiceOf(plan, 'keep-before').lost).toEqual([])
    heal(image, damaged, plan, choiceOf(plan, 'keep-before'))
  })
})

describe('a list of checkpoints that no publisher wrote', () => {
  it.each([
    ['corrupt', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)],
    ['unreadable', Uint8Array.of(9)],
  ] as const)('is named (%s), and left to a publisher', (verdict, list) => {
    const snapshot = goOn(undefined, small, 'crash', (log) => {
      log.appendSync(payload(1))
      log.recordCheckpointsSync(list)
    })
    const plan = planFor(snapshot)
    expect(plan).toMatchObject({ verdict, choices: [], findings: [{ code: 'checkpoint.list', verdict }] })
    expect(plan.refusals[0]?.reason).toMatch(/^the list of checkpoints was not written/)
  })
})

describe('a checkpoint that the list names and that lies beyond the log', () => {
  it('is a refusal: the log itself says that its end is lost', () => {
    const before = goOn(undefined, small, 'crash', (log) => log.appendSync(payload(1)))
    let list = new Uint8Array(0)
    const behind = goOn(before, small, 'crash', (log) => {
      log.appendSync(payload(2))
      createCheckpointPublisherSync(log).publishSync(stateOf(2))
      list = log.checkpointList
    })
    const name = '0000000000000002.checkpoint'
    const forged = goOn(withFile(before, name, bytesOf(behind, name)), small, 'crash', (log) => {
      log.recordCheckpointsSync(list)
    })
    const plan = planFor(forged)
    expect(codesOf(plan)).toEqual([`checkpoint.beyond-log ${name}`])
    expect(plan.refusals[0]?.reason).toMatch(/^the list of the log itself names it/)
    expect(plan.choices).toEqual([])
  })
})

describe('segments of other logs at both ends', () => {
  it('leave nothing to go on from', () => {
    const image = everyKind()
    const names = segmentNames(image.snapshot)
    let damaged = image.snapshot
    for (const name of [names[0], names[4]] as string[]) {
      damaged = withFile(damaged, name, bytesOf(everyKind().snapshot, name))
    }
    const plan = planFor(damaged)
    expect(plan.choices).toEqual([])
    expect(plan.refusals.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/^it stands in the place/))
  })
})

describe('files that vanish under a look', () => {
  const image = everyKind()
  const ghost = '000000aa-00000000000000aa.varve'

  /** A storage that lists a file which is not there, so often. */
  function haunted(times: number): LogStorage {
    let left = times
    const storage = memoryStorage({ snapshot: image.snapshot })
    return new Proxy<LogStorage>(storage, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name !== 'list') return member.bind(target) as unknown
        return () => {
          left -= 1
          const names = storage.list() as readonly string[]
          return left >= 0 ? [...names, ghost] : names
        }
      },
    })
  }

  it('are looked at again, and no damage', () => {
    expect(verifyLogSync(haunted(3), look).verdict).toBe('intact')
  })

  it('end the look when it never comes to rest', () => {
    expect(() => verifyLogSync(haunted(1000), look)).toThrow(/^NOT_FOUND/)
  })
})

describe('a device that fails', () => {
  it('is an error, and neither damage nor health', () => {
    const { snapshot } = withCheckpoints()
    const storage = memoryStorage({ snapshot })
    const failing = new Proxy<LogStorage>(storage, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name !== 'open') return member.bind(target) as unknown
        return (file: string, mode: 'read'): unknown => {
          const opened = target.open(file, mode) as LogFile
          if (!file.endsWith('.checkpoint')) return opened
          return { size: () => opened.size(), close: () => opened.close(), read: fail }
        }
      },
    })
    expect(() => verifyLogSync(failing, look)).toThrow(/^IO: .*the device failed/)
  })

  function fail(): never {
    throw new VarveError('IO', 'the device failed')
  }
})

describe('what lies in the directory of a log without an end that can be read', () => {
  it('is not held against it: a checkpoint may be behind or before it', () => {
    const { snapshot } = withCheckpoints()
    const last = segmentNames(snapshot).at(-1) as string
    const damaged = withFile(snapshot, last, new Uint8Array(4096))
    expect(codesOf(verify(damaged)).filter((code) => code.startsWith('checkpoint.beyond'))).toEqual([])
  })
})
