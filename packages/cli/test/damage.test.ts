import {
  applyRepair,
  findingCodes,
  planRepair,
  type Finding,
  type RepairPlan,
} from '@varve/inspect'
import { damages, fixedAsynchronousRuntime, flip, segmentNames, type DamageCode } from '@varve/damage'
import type { LogStorage } from 'varve'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { corrupt, intact, kept, words } from './support/logs.ts'
import { varve, type Ended } from './support/terminal.ts'

const codes = Object.keys(damages) as DamageCode[]
const exits: Readonly<Record<string, number>> = { intact: 0, torn: 1, corrupt: 2, unreadable: 5 }

async function on(snapshot: MemorySnapshot, ...line: string[]): Promise<Ended> {
  return await varve(line, { ...kept(snapshot), runtime: fixedAsynchronousRuntime(5) })
}

describe('every kind of damage', () => {
  it.each(codes)('%s is named by verify, and told by the exit code', async (code) => {
    const json = await on(damages[code](), 'verify', 'data', '--json')
    const { findings, verdict } = JSON.parse(json.out) as { findings: Finding[]; verdict: string }
    expect(findings.map((each) => each.code)).toContain(code)
    expect(json.code).toBe(exits[verdict])
    const text = await on(damages[code](), 'verify', 'data')
    expect(text.out.replaceAll(/\s+/g, ' ')).toContain(`${code}: ${findingCodes[code]}`)
    expect(text.code).toBe(json.code)
  })

  it.each(codes)('%s is repaired in every way that is offered, or refused with its reason', async (code) => {
    const snapshot = damages[code]()
    const planned = await on(snapshot, 'repair', 'data', '--json')
    const { choices, refusals, verdict } = JSON.parse(planned.out) as RepairPlan
    if (choices.length === 0) {
      const refused = await on(snapshot, 'repair', 'data', '--apply')
      expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('nothing to apply')])
      if (verdict === 'corrupt' || verdict === 'unreadable') expect(refusals).not.toEqual([])
    }
    for (const { id, isLossless } of choices) {
      const disk = kept(snapshot)
      const surroundings = { ...disk, runtime: fixedAsynchronousRuntime(5) }
      const accept = isLossless ? [] : ['--accept-loss', await dueLoss(snapshot, id)]
      const done = await varve(['repair', 'data', '--apply', '--choice', id, ...accept], surroundings)
      expect([id, done.code, done.err]).toEqual([id, expect.toBeOneOf([0, 1]), ''])
      const after = await varve(['verify', 'data', '--json'], surroundings)
      const left = JSON.parse(after.out) as { findings: Finding[] }
      expect(left.findings.filter((each) => each.verdict === 'corrupt')).toEqual([])
      const told = await varve(['inspect', 'data'], surroundings)
      expect(told.out).toContain('repairs')
    }
  })

  /** The number that the command in the plan names. */
  async function dueLoss(snapshot: MemorySnapshot, id: string): Promise<string> {
    const { out } = await on(snapshot, 'repair', 'data')
    const command = out.split('\n').find((line) => line.includes(`--choice ${id.includes(' ') ? `'${id}'` : id} `))
    return String(/--accept-loss (\w+)/.exec(String(command))?.[1])
  }

  it('has a case, but for what repairs leave behind and what a shallow look sees', () => {
    const others = ['checkpoint.set-aside', 'frame.damaged', 'repair.unfinished']
    expect([...codes, ...others].sort()).toEqual(Object.keys(findingCodes).sort())
  })
})

describe('what a shallow look sees of a frame', () => {
  it('is a damaged frame, by --quick', async () => {
    const name = String(segmentNames(intact())[0])
    const { out, code } = await on(flip(flip(intact(), name, 600), name, 4090), 'verify', 'data', '--quick')
    expect([code, out]).toEqual([2, expect.stringContaining('frame.damaged')])
  })
})

describe('damage in the last segment', () => {
  /** The payload of the second record of `words`, which reading takes for the end unless it is told. */
  const damaged = (): MemorySnapshot => {
    const name = String(segmentNames(words())[0])
    const at = findBytes(words().files.get(name), 'two')
    return flip(words(), name, at)
  }

  it.each([
    ['cat', 'data'],
    ['cat', 'data', '--to', '2'],
    ['tail', 'data'],
    ['tail', 'data', '--follow'],
    ['get', 'data', '2'],
    ['stats', 'data'],
  ])('is told by %s %s %s, which shows what is before it and ends with 2', async (...line) => {
    const { code, out, err } = await on(damaged(), ...line.filter((word) => typeof word === 'string'))
    expect(code).toBe(2)
    expect(err).toContain('CORRUPT')
    if (line[0] === 'cat' || line[0] === 'tail') expect(out).toBe('one\n')
  })

  it.each([
    ['cat', 'data', '--to', '1'],
    ['get', 'data', '1'],
  ])('is nothing to %s what is before it', async (...line) => {
    const { code, out } = await on(damaged(), ...line)
    expect([code, out]).toEqual([0, 'one\n'])
  })

  function findBytes(bytes: Uint8Array | undefined, text: string): number {
    const at = Buffer.from(bytes ?? new Uint8Array()).indexOf(text)
    expect(at).toBeGreaterThan(0)
    return at
  }
})

describe('what repairs leave behind', () => {
  it('is a checkpoint that was set aside', async () => {
    const disk = kept(damages['checkpoint.frame']())
    const surroundings = { ...disk, runtime: fixedAsynchronousRuntime(5) }
    await varve(['repair', 'data', '--apply'], surroundings)
    const { out, code } = await varve(['verify', 'data'], surroundings)
    expect([code, out]).toEqual([0, expect.stringContaining('checkpoint.set-aside')])
  })

  it('is a repair that was interrupted, which the next one finishes', async () => {
    const storage = memoryStorage({ snapshot: corrupt() })
    const plan = await planRepair(storage)
    await expect(applyRepair(dying(storage), plan, 'keep-before')).rejects.toThrow('the process died')
    const disk = kept(storage.snapshot())
    const surroundings = { ...disk, runtime: fixedAsynchronousRuntime(5) }
    const seen = await varve(['repair', 'data'], surroundings)
    expect([seen.code, seen.out]).toEqual([2, expect.stringContaining('repair.unfinished')])
    const told = await varve(['inspect', 'data'], surroundings)
    expect(told.out).toContain('keep-before, not finished')
    const { choices } = JSON.parse((await varve(['repair', 'data', '--json'], surroundings)).out) as RepairPlan
    const [finish] = choices
    const accept = finish?.isLossless === true ? [] : ['--accept-loss', '65']
    const done = await varve(['repair', 'data', '--apply', '--choice', String(finish?.id), ...accept], surroundings)
    expect([done.code, done.err]).toEqual([0, ''])
  })

  /** Nothing can be removed any more. */
  function dying(storage: LogStorage): LogStorage {
    return new Proxy(storage, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name !== 'remove') return member.bind(target) as unknown
        return () => {
          throw new Error('the process died')
        }
      },
    })
  }
})
