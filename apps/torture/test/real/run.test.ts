import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runRealScenarios } from '../../src/real/run.ts'
import type { RealContext, RealResult, RealScenario } from '../../src/real/scenario.ts'
import { realScenarios } from '../../src/real/scenarios.ts'
import { temporaryDirectory } from './support/temporary.ts'

const result: RealResult = { rounds: 1, records: 2, counts: { kills: 3 }, violations: [], notes: ['a note'] }

function scenario(name: string, changes: Partial<RealScenario> = {}): RealScenario {
  return {
    name,
    proves: `that ${name} holds`,
    unavailable: () => undefined,
    run: () => Promise.resolve(result),
    ...changes,
  }
}

describe('a run of the real scenarios', () => {
  it('reports what ran, what could not and why, and what broke off', async () => {
    const report = await runRealScenarios({ seconds: 1, seed: 5, directory: temporaryDirectory() }, [
      scenario('one'),
      scenario('two', { unavailable: () => 'no such disk' }),
      scenario('three', { run: () => Promise.reject(new Error('mount: busy')) }),
    ])
    expect(report).toMatchObject({
      seed: 5,
      ran: [{ name: 'one', proves: 'that one holds', ...result }],
      skipped: [{ name: 'two', reason: 'no such disk' }],
      aborted: [{ name: 'three' }],
    })
    expect(report.aborted[0]?.reason).toContain('mount: busy')
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('gives each scenario a directory of its own, and removes it', async () => {
    const directory = temporaryDirectory()
    const seen: RealContext[] = []
    const keep = (context: RealContext): Promise<RealResult> => {
      expect(existsSync(context.directory)).toBe(true)
      context.progress('half done')
      seen.push(context)
      return Promise.resolve(result)
    }
    const heard: string[] = []
    const onProgress = (name: string, text: string): void => { heard.push(`${name}: ${text}`) }
    await runRealScenarios(
      { seconds: 2, roundsMin: 3, seed: 6, directory, dishonest: true, onProgress },
      [scenario('one', { run: keep }), scenario('two', { run: keep })],
    )
    expect(seen.map(({ seconds, roundsMin, seed, dishonest }) => [seconds, roundsMin, seed, dishonest])).toEqual([
      [2, 3, 6, true],
      [2, 3, 6, true],
    ])
    expect(new Set(seen.map((context) => context.directory)).size).toBe(2)
    expect(heard).toEqual(['one: half done', 'two: half done'])
    expect(readdirSync(directory)).toEqual([])
  })

  it('runs only what was asked for, and nothing more after an interrupt', async () => {
    const controller = new AbortController()
    const interrupting = scenario('two', {
      run: () => {
        controller.abort()
        return Promise.resolve(result)
      },
    })
    const { ran, skipped } = await runRealScenarios(
      { seconds: 1, seed: 1, directory: temporaryDirectory(), only: ['two', 'three'], signal: controller.signal },
      [scenario('one'), interrupting, scenario('three')],
    )
    expect(ran.map(({ name }) => name)).toEqual(['two'])
    expect(skipped).toMatchObject([{ name: 'three', reason: 'the run was interrupted' }])
  })

  it('knows its scenarios by name', () => {
    expect(realScenarios.map(({ name }) => name)).toEqual([
      'kill-9', 'power-loss-ext4', 'power-loss-xfs', 'power-loss-btrfs', 'small-disk', 'injected-errors',
    ])
  })
})
