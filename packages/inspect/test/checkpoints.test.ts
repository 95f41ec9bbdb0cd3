import { createCheckpointPublisherSync, recoverSync } from '@varve/checkpoint'
import { openLogSync } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { choiceOf, codesOf, heal, planFor, verify } from './support/heal.ts'
import {
  bytesOf,
  flip,
  goOn,
  payload,
  recordsIn,
  segmentNames,
  small,
  stateOf,
  withCheckpoints,
  withFile,
  withoutFile,
} from '@varve/damage'

const image = withCheckpoints()
const older = '0000000000000050.checkpoint'
const newer = '0000000000000078.checkpoint'

/** Which checkpoint a recovery begins with, or the code that it refuses with. */
function recovered(snapshot: MemorySnapshot): string {
  const log = openLogSync({ storage: memoryStorage({ snapshot }), ...small })
  try {
    let restored = Buffer.alloc(0)
    const { checkpoint } = recoverSync(log, {
      restore: (state) => { restored = Buffer.concat([...state]) },
      apply: () => {},
    })
    if (checkpoint !== undefined) expect(restored).toEqual(Buffer.from(stateOf(checkpoint.sequence)))
    return checkpoint?.name ?? 'nothing'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  } finally {
    log.closeSync()
  }
}

describe('a damaged checkpoint', () => {
  const places = [
    ['checkpoint.header', (bytes: Uint8Array) => bytes.fill(1, 20, 30)],
    ['checkpoint.frame', (bytes: Uint8Array) => bytes.fill(1, 200, 210)],
    ['checkpoint.frame', (bytes: Uint8Array) => bytes.fill(1, bytes.length - 20)],
    ['checkpoint.frame', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 72)],
    ['checkpoint.frame', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 60)],
    ['checkpoint.header', (bytes: Uint8Array) => bytes.subarray(0, 60)],
    ['checkpoint.end', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
  ] as const

  it.each(places)('(%s) is named, and set aside where another one can be taken', (code, change) => {
    const damaged = withFile(image.snapshot, newer, change(bytesOf(image.snapshot, newer).slice()).slice())
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`${code} ${newer}`])
    const choice = choiceOf(plan, `set-aside ${newer}`)
    expect(choice).toMatchObject({ isLossless: true, checkpoint: older, removes: [newer] })
    const healed = heal(image, damaged, plan, choice)
    expect(codesOf(verify(healed))).toEqual([`checkpoint.set-aside ${newer}`])
    expect(verify(healed).verdict).toBe('intact')
    expect(recovered(healed)).toBe(older)
    // What was set aside is not repaired again, and counts for nothing.
    expect(planFor(flip(healed, older, 200)).choices).toEqual([])
    // The next one that is published is listed without it.
    const next = goOn(healed, small, 'close', (log) => { createCheckpointPublisherSync(log).publishSync(stateOf(120)) })
    expect(codesOf(verify(next))).toEqual([])
  })

  it('is named by its digest when it is whole and holds another state', () => {
    const other = goOn(
      { ...image.snapshot, files: new Map([...image.snapshot.files].filter(([name]) => name !== newer)) },
      small,
      'crash',
      (log) => { createCheckpointPublisherSync(log).publishSync(payload(3, 200)) },
    )
    const damaged = withFile(image.snapshot, newer, bytesOf(other, newer))
    const found = codesOf(verify(damaged))
    expect(found).toEqual([`checkpoint.other ${newer}`])
  })

  it('is not set aside when the state cannot be made without it', () => {
    const damaged = flip(flip(image.snapshot, newer, 200), older, 200)
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`checkpoint.frame ${older}`, `checkpoint.frame ${newer}`])
    expect(plan.choices).toEqual([])
    expect(plan.refusals.map(({ reason }) => reason)[0]).toMatch(/^without it the state cannot be made/)
  })

  it('is set aside, even the last one, where all records are still there', () => {
    const snapshot = goOn(undefined, small, 'crash', (log) => {
      log.appendSync(payload(1))
      createCheckpointPublisherSync(log).publishSync(stateOf(1))
    })
    const only = '0000000000000001.checkpoint'
    const damaged = flip(snapshot, only, 200)
    const plan = planFor(damaged)
    const choice = choiceOf(plan, `set-aside ${only}`)
    expect(choice.checkpoint).toBeUndefined()
    const own = { snapshot, records: recordsIn(snapshot), options: small }
    expect(recovered(heal(own, damaged, plan, choice))).toBe('nothing')
  })
})

describe('a checkpoint that is missing', () => {
  it('is not kept any more, where another one can be taken', () => {
    const damaged = withoutFile(image.snapshot, newer)
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`checkpoint.missing ${newer}`])
    const healed = heal(image, damaged, plan, choiceOf(plan, `delist ${newer}`))
    expect(codesOf(verify(healed))).toEqual([])
    expect(recovered(healed)).toBe(older)
  })

  it('is a refusal where it was the only one, or the log itself is damaged', () => {
    const both = withoutFile(withoutFile(image.snapshot, newer), older)
    expect(planFor(both).choices).toEqual([])
    expect(planFor(both).refusals).toHaveLength(2)
    const last = segmentNames(image.snapshot).at(-1) as string
    const torn = flip(withoutFile(image.snapshot, newer), last, 600)
    const plan = planFor(torn)
    expect(plan.choices.map(({ id }) => id)).toEqual(['keep-before'])
    expect(plan.refusals.map(({ reason }) => reason)).toEqual([expect.stringMatching(/^the log keeps no other/)])
  })
})

describe('a checkpoint beyond the log', () => {
  it('is set aside with what it proves to be lost', () => {
    const before = goOn(undefined, small, 'crash', (log) => log.appendSync(payload(1)))
    const behind = goOn(before, small, 'crash', (log) => {
      log.appendSync(payload(2))
      createCheckpointPublisherSync(log).publishSync(stateOf(2))
    })
    const name = '0000000000000002.checkpoint'
    const damaged = withFile(before, name, bytesOf(behind, name))
    const plan = planFor(damaged)
    expect(codesOf(plan)).toEqual([`checkpoint.beyond-log ${name}`])
    const choice = choiceOf(plan, `set-aside ${name}`)
    expect(choice).toMatchObject({ isLossless: false, lost: [{ firstSequence: 2, lastSequence: 2 }] })
    expect(recovered(damaged)).toBe('CORRUPT')
    const healed = heal({ snapshot: before, records: recordsIn(before), options: small }, damaged, plan, choice)
    expect(recovered(healed)).toBe('nothing')
  })
})

describe('checkpoints of others', () => {
  it('are named: of another log, of a newer version', () => {
    const stranger = withCheckpoints()
    const foreign = withFile(image.snapshot, newer, bytesOf(stranger.snapshot, newer))
    expect(codesOf(verify(foreign))).toEqual([`checkpoint.foreign ${newer}`])
    expect(verify(foreign).verdict).toBe('unreadable')
  })
})

describe('damage to the log of a program with checkpoints', () => {
  it('below the newest one costs records, and not the state, when what is behind is kept', () => {
    const names = segmentNames(image.snapshot)
    const damaged = flip(image.snapshot, names[0] as string, 1000)
    const plan = planFor(damaged)
    const behind = choiceOf(plan, 'keep-behind')
    const healed = heal(image, damaged, plan, behind)
    expect(recovered(healed)).toBe(behind.checkpoint)
    expect(behind.checkpoint).toBe(newer)
  })

  it('takes along the checkpoints beyond what is kept', () => {
    const names = segmentNames(image.snapshot)
    const damaged = flip(image.snapshot, names.at(-1) as string, 140)
    const plan = planFor(damaged)
    const before = choiceOf(plan, 'keep-before')
    expect(before.removes).toContain(newer)
    const healed = heal(image, damaged, plan, before)
    expect(verify(healed).verdict).toBe('intact')
  })
})
