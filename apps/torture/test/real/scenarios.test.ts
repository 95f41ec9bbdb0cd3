import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RealResult, RealScenario } from '../../src/real/scenario.ts'
import { realScenarios } from '../../src/real/scenarios.ts'
import { temporaryDirectory } from './support/temporary.ts'

interface Run {
  readonly result: RealResult
  readonly evidence: string
}

/** What is mounted; nothing where that cannot be told, and nothing was. */
function mounts(): string {
  return process.platform === 'linux' ? readFileSync('/proc/mounts', 'utf8') : ''
}

async function run(scenario: RealScenario, seconds: number, dishonest: boolean): Promise<Run> {
  const directory = temporaryDirectory()
  const evidence = temporaryDirectory()
  const context = { seconds, roundsMin: 4, seed: 20_261, directory, evidence, dishonest, progress: () => {} }
  const result = await scenario.run(context)
  expect(mounts()).not.toContain(directory)
  return { result, evidence }
}

for (const scenario of realScenarios) {
  const reason = scenario.unavailable()
  const title = reason === undefined ? scenario.name : `${scenario.name} (not here: ${reason})`
  describe.skipIf(reason !== undefined)(title, () => {
    it('finds no broken promise', async () => {
      const { result } = await run(scenario, 3, false)
      expect(result.violations).toEqual([])
      expect(result.rounds).toBeGreaterThan(0)
      expect(result.records).toBeGreaterThan(0)
      expect(Object.values(result.counts).some((count) => count > 0)).toBe(true)
    })

    it('finds those of a writer or a storage that lies, and keeps the evidence', async () => {
      const { result, evidence } = await run(scenario, 10, true)
      expect(result.violations.length).toBeGreaterThan(0)
      const [violation] = result.violations
      expect(violation?.promised).not.toBe('')
      expect(violation?.circumstances).toContain('writer ')
      expect(violation?.evidence).toBe(join(evidence, `${scenario.name}-${violation?.round ?? 0}`))
      expect(readdirSync(violation?.evidence ?? '')).toContain('now')
    })
  })
}
