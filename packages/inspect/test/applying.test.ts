import { isVarveError, VarveError } from '@varve/codec'
import { openLogSync } from '@varve/segments'
import type { LogFile, LogStorage } from '@varve/storage'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { applyRepair, applyRepairSync, inspectLogSync, planRepairSync, verifyLogSync } from '../src/index.ts'
import { choiceOf, codesOf, heal, look, planFor, verify } from './support/heal.ts'
import { bytesOf, everyKind, flip, recordsIn, segmentNames, withFile } from '@varve/damage'

const image = everyKind()
const names = segmentNames(image.snapshot)
const [first, second, third] = names as [string, string, string]
/** A second segment of the same index. */
const twin = `${second.slice(0, 9)}00000000000000ff.varve`

/** A storage whose operation number `at` fails; with `isLast`, so does every one behind it: the process has died. */
function failing(inner: LogStorage, at: number, isLast: boolean): LogStorage {
  let operations = 0
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const member: unknown = Reflect.get(object, name, object)
        if (typeof member !== 'function') return member
        return (...values: unknown[]): unknown => {
          operations += 1
          if (operations === at || (isLast && operations > at)) throw new VarveError('IO', 'the device failed')
          const result: unknown = Reflect.apply(member, object, values)
          return name === 'open' ? guarded(result as LogFile) : result
        }
      },
    })
  return guarded(inner)
}

/** Applies the choice, or what an interrupted repair had begun, until nothing is wrong. */
function repairFully(storage: LogStorage, id: string): readonly string[] {
  const done: string[] = []
  for (let tries = 0; tries < 3; tries += 1) {
    const plan = planRepairSync(storage, look)
    const choice = plan.choices.find((each) => each.id === id || each.kind === 'finish')
    if (choice === undefined) break
    done.push(choice.kind)
    applyRepairSync(storage, plan, choice.id, look)
  }
  return done
}

describe('a repair in which a call fails, or that dies there', () => {
  const damages = [
    ['renew', flip(image.snapshot, first, 4090), `renew ${first}`],
    ['keep-before', flip(image.snapshot, second, 600), 'keep-before'],
    ['keep-behind', flip(image.snapshot, second, 600), 'keep-behind'],
    ['set-aside', withFile(image.snapshot, twin, bytesOf(image.snapshot, first)), `set-aside ${twin}`],
  ] as const

  it.each(damages)('(%s) leaves what can be repaired, wherever that is', (_, damaged, id) => {
    const plan = planFor(damaged)
    const due = recordsIn(heal(image, damaged, plan, choiceOf(plan, id)), image.options)
    for (const isLast of [false, true]) {
      let at = 0
      let isWhole = false
      const kinds = new Set<string>()
      while (!isWhole) {
        at += 1
        const storage = memoryStorage({ snapshot: damaged })
        try {
          applyRepairSync(failing(storage, at, isLast), plan, id, look)
          isWhole = true
        } catch (error) {
          if (!isVarveError(error)) throw error
        }
        // A process that died holds its lock no longer.
        const left = memoryStorage({ snapshot: storage.snapshot() })
        for (const kind of repairFully(left, id)) kinds.add(kind)
        expect([at, verifyLogSync(left, look).verdict]).toEqual([at, 'intact'])
        expect(recordsIn(left.snapshot(), image.options)).toEqual(due)
        for (const [name, bytes] of damaged.files) expectKept(left.snapshot(), name, bytes)
      }
      expect(at).toBeGreaterThan(80)
      if (id.startsWith('keep')) expect(kinds).toContain('finish')
    }
  })
})

/** The file is there as it was, or a copy of it is. */
function expectKept({ files }: MemorySnapshot, name: string, bytes: Uint8Array): void {
  if (name.startsWith('spare-')) return
  const candidates = [...files].filter(([other]) => other === name || other.startsWith(`${name}.`))
  const sizes = candidates.map(([, copy]) => Buffer.compare(copy.subarray(0, bytes.length), bytes))
  // An open may have given back what stands behind a cut.
  expect(sizes.length === 1 || sizes.includes(0)).toBe(true)
}

describe('a plan', () => {
  it('is data that may be stored and sent, and gives the same ids for the same damage', () => {
    const damaged = flip(image.snapshot, second, 600)
    const plan = planFor(damaged)
    const sent = JSON.parse(JSON.stringify(plan)) as typeof plan
    const storage = memoryStorage({ snapshot: damaged })
    expect(planFor(damaged)).toEqual(plan)
    expect(applyRepairSync(storage, sent, 'keep-before', look).lost).toEqual(choiceOf(plan, 'keep-before').lost)
  })

  it('is refused when the directory has changed since, and nothing is changed then', () => {
    const damaged = flip(image.snapshot, second, 600)
    const plan = planFor(damaged)
    const last = names.at(-1) as string
    const changes: readonly MemorySnapshot[] = [
      flip(damaged, third, 300),
      flip(damaged, second, 560),
      flip(damaged, last, 3000),
      withFile(damaged, last, bytesOf(damaged, last).slice(0, 2000)),
      image.snapshot,
      withFile(damaged, '0000000000000002.checkpoint', new Uint8Array(9)),
    ]
    for (const snapshot of changes) {
      const storage = memoryStorage({ snapshot })
      expect(() => applyRepairSync(storage, plan, 'keep-before', look)).toThrow(/the directory is not what it was/)
      expect(storage.snapshot().files).toEqual(snapshot.files)
    }
  })

  it('does not mind what is not the log\'s', () => {
    const damaged = flip(image.snapshot, second, 600)
    const plan = planFor(damaged)
    const other = withFile(withFile(damaged, 'notes.txt', new Uint8Array(3)), 'spare-00000001.varve', new Uint8Array(9))
    const storage = memoryStorage({ snapshot: other })
    applyRepairSync(storage, plan, 'keep-before', look)
    expect(storage.snapshot().files.get('notes.txt')).toEqual(new Uint8Array(3))
  })

  it('has no other choices than those it names', () => {
    const plan = planFor(image.snapshot)
    const storage = memoryStorage({ snapshot: image.snapshot })
    expect(() => applyRepairSync(storage, plan, 'keep-before', look)).toThrow(/no choice keep-before; there are: none/)
    const damaged = flip(image.snapshot, second, 600)
    expect(() => applyRepairSync(memoryStorage({ snapshot: damaged }), planFor(damaged), 'x', look)).toThrow(
      /there are: keep-before, keep-behind$/,
    )
  })
})

describe('copies that are set aside', () => {
  it('are never overwritten: each repair has names of its own', () => {
    const older = withFile(flip(image.snapshot, first, 4090), `${first}.quarantined`, new Uint8Array(4096))
    const plan = planFor(older)
    const choice = choiceOf(plan, `renew ${first}`)
    expect(choice.quarantines).toEqual([{ name: first, copy: `${first}.2.quarantined` }])
    const healed = heal(image, older, plan, choice)
    expect(bytesOf(healed, `${first}.quarantined`)).toEqual(new Uint8Array(4096))
  })

  it('are taken for what they are when an earlier attempt had made them', () => {
    const damaged = flip(image.snapshot, first, 4090)
    const copied = withFile(damaged, `${first}.quarantined`, bytesOf(damaged, first))
    const short = withFile(copied, `${first}.quarantined`, bytesOf(damaged, first).slice(0, 100))
    expect(planFor(copied).choices[0]?.quarantines[0]?.copy).toBe(`${first}.quarantined`)
    expect(planFor(short).choices[0]?.quarantines[0]?.copy).toBe(`${first}.2.quarantined`)
    heal(image, copied, planFor(copied), choiceOf(planFor(copied), `renew ${first}`))
  })
})

describe('a repaired log', () => {
  it('says what was done, goes on under a higher epoch, and can be repaired again', () => {
    const damaged = flip(image.snapshot, names.at(-1) as string, 600)
    const storage = memoryStorage({ snapshot: damaged })
    const plan = planRepairSync(storage, look)
    const report = applyRepairSync(storage, plan, 'keep-before', { ...look, note: 'by hand, on a Tuesday' })
    const { history, segments } = inspectLogSync(storage, look)
    expect(history).toEqual([
      {
        file: report.history,
        isDone: true,
        record: {
          version: 1,
          epoch: report.epoch,
          choice: 'keep-before',
          findings: plan.findings.map(({ code, file, position }) => ({ code, file, position })),
          lost: [{ firstSequence: 62, lastSequence: 68 }],
          born: 6,
          removes: [],
          quarantined: report.quarantined,
          note: 'by hand, on a Tuesday',
        },
      },
    ])
    expect(segments.at(-1)).toMatchObject({ name: report.published, epoch: report.epoch })
    const log = openLogSync({ storage, ...image.options })
    expect(log.recovery.foreign).toEqual([])
    log.appendSync(Uint8Array.of(1))
    expect(log.lastSequence).toBe(62)
    expect(log.segments.at(-1)?.header.epoch).toBeGreaterThan(report.epoch)
    log.closeSync()
    const again = flip(storage.snapshot(), segmentNames(storage.snapshot()).at(-1) as string, 140)
    const next = planFor(again)
    expect(choiceOf(next, 'keep-before').kept).toEqual({ firstSequence: 1, lastSequence: 61 })
    const third = memoryStorage({ snapshot: again })
    applyRepairSync(third, next, 'keep-before', look)
    expect(inspectLogSync(third, look).history.map(({ isDone }) => isDone)).toEqual([true, true])
  })

  it('is taken as it is when its history cannot be read', () => {
    const damaged = withFile(image.snapshot, '0000000000000009.repair', Uint8Array.of(1, 2, 10, 3))
    const { history, verdict } = inspectLogSync(memoryStorage({ snapshot: damaged }), look)
    expect(verdict).toBe('intact')
    expect(history).toEqual([{ file: '0000000000000009.repair', record: undefined, isDone: false }])
  })

  it('is not taken for an unfinished one when a later writer has names like those that were to go', () => {
    const storage = memoryStorage({ snapshot: flip(image.snapshot, second, 600) })
    const report = applyRepairSync(storage, planRepairSync(storage, look), 'keep-before', look)
    const log = openLogSync({ storage, ...image.options })
    log.closeSync()
    // As if the last step of the repair had been lost, and a file had come that is called like one of those.
    const { files } = storage.snapshot()
    const line = bytesOf(storage.snapshot(), report.history)
    const begun = withFile(storage.snapshot(), report.history, line.slice(0, line.indexOf(10) + 1))
    expect(files.has(third)).toBe(false)
    expect(codesOf(verify(begun))).toEqual([])
  })
})

describe('a storage in which names are eventual', () => {
  it('is not repaired by removing files: the copies may vanish, and the removals stay', async () => {
    const damaged = flip(image.snapshot, second, 600)
    const storage = memoryStorage({ snapshot: damaged })
    const eventual: LogStorage = new Proxy(storage, {
      get(target, name): unknown {
        if (name === 'capabilities') return { ...target.capabilities, names: 'eventual' }
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? (member.bind(target) as unknown) : member
      },
    })
    const plan = planRepairSync(eventual, look)
    await expect(applyRepair(eventual, plan, 'keep-before', look)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(storage.snapshot().files).toEqual(damaged.files)
  })
})
