import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { expect } from 'vitest'
import {
  applyRepairSync,
  inspectLogSync,
  planRepairSync,
  verifyLogSync,
  type Finding,
  type RepairChoice,
  type RepairPlan,
  type Verification,
} from '../../src/index.ts'
import { bytesOf, recordsIn, type Image } from '@varve/damage'

export const look = { kernel: 'portable', readBytes: 4096 } as const

export function verify(snapshot: MemorySnapshot, deep = true): Verification {
  return verifyLogSync(memoryStorage({ snapshot }), { ...look, deep })
}

export function planFor(snapshot: MemorySnapshot): RepairPlan {
  return planRepairSync(memoryStorage({ snapshot }), look)
}

/** Findings in short: what and where. */
export function codesOf({ findings }: { readonly findings: readonly Finding[] }): readonly string[] {
  return findings.map(({ code, file }) => `${code} ${file}`)
}

export function choiceOf({ choices }: RepairPlan, id: string): RepairChoice {
  const choice = choices.find((each) => each.id === id)
  if (choice === undefined) throw new Error(`no ${id} among ${choices.map((each) => each.id).join(', ')}`)
  return choice
}

/**
 * Applies one choice to the damaged log and holds the result against what was planned: what is kept is what was
 * written, what is gone was said to be, nothing was lost without a copy, and nothing is wrong any more.
 */
export function heal(image: Image, snapshot: MemorySnapshot, plan: RepairPlan, choice: RepairChoice): MemorySnapshot {
  const storage = memoryStorage({ snapshot })
  const report = applyRepairSync(storage, plan, choice.id, look)
  const healed = storage.snapshot()
  expect(report.lost).toEqual(choice.lost)
  for (const { name, copy } of choice.quarantines) expect(bytesOf(healed, copy)).toEqual(bytesOf(snapshot, name))
  for (const name of choice.removes) expect(healed.files.has(name)).toBe(false)
  const { history } = inspectLogSync(storage, look)
  expect(history.at(-1)).toMatchObject({ file: report.history, isDone: true, record: { choice: choice.id } })
  const damaged = plan.findings.flatMap(({ verdict }, at) => (verdict === 'noted' || verdict === 'torn' ? [] : [at]))
  if (damaged.every((at) => choice.resolves.includes(at))) {
    const verified = verifyLogSync(storage, look)
    expect(verified.findings.filter((finding) => finding.verdict === 'corrupt')).toEqual([])
    expectRecords(image, healed, choice)
  }
  return healed
}

/** The records of the repaired log are those of the image but for what the choice says is lost. */
function expectRecords(image: Image, healed: MemorySnapshot, { lost, kept }: RepairChoice): void {
  const isLost = (sequence: number): boolean =>
    lost.some(({ firstSequence, lastSequence }) => firstSequence <= sequence && sequence <= (lastSequence ?? Infinity))
  const records = recordsIn(healed, image.options)
  expect(records).toEqual(image.records.filter(({ sequence }) => !isLost(sequence)))
  if (kept?.lastSequence !== undefined) {
    expect(records[0]?.sequence).toBe(kept.firstSequence)
    expect(records.at(-1)?.sequence).toBe(kept.lastSequence)
  }
}
