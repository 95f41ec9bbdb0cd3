import { brokenAdapters, runChecks, storageChecks, type Check } from '@varve/storage/conformance'
import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryStorage } from '../src/index.ts'

const allIds = storageChecks(() => ({ open: () => memoryStorage() })).map((check) => check.id)

describe('the conformance suite notices', () => {
  for (const adapter of brokenAdapters) {
    const { id, breaks } = adapter
    it(`an adapter that ${id}`, async () => {
      const checks: readonly Check[] = storageChecks(() => {
        const disk = memoryDisk()
        return { open: () => adapter.wrap(memoryStorage({ disk })) }
      })
      const report = await runChecks(checks.filter((check) => breaks.includes(check.id)))
      expect(report.results.map((result) => result.verdict)).toEqual(breaks.map(() => 'failed'))
      // A check must fail by its own judgement: not by a crash of the broken adapter.
      for (const { id: check, reason } of report.results) expect(reason).toContain(`[${check}]`)
    })
  }
})

describe('the conformance suite has no check that', () => {
  it('nothing can fail', () => {
    const broken = new Set(brokenAdapters.flatMap((adapter) => adapter.breaks))
    expect([...broken].sort()).toEqual([...allIds].sort())
  })

  it('has the id of another', () => {
    expect(new Set(allIds).size).toBe(allIds.length)
    expect(new Set(brokenAdapters.map((adapter) => adapter.id)).size).toBe(brokenAdapters.length)
  })
})
