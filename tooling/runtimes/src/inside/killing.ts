import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runRealScenarios } from '@varve/torture'
import type { Message, Orders } from './orders.ts'

const group = 'kill -9'

/** How many writers that lie are killed at most, for each honest one. */
const liesPerKill = 20

/**
 * Writing processes on this runtime are killed, and what they left is compared with what they told. Then the same with
 * writers that lie, of whom at least one must be found out: else it would prove nothing.
 */
export async function killing({ kills, seed }: Orders, tell: (message: Message) => void): Promise<void> {
  for (const dishonest of [false, true]) {
    const directory = mkdtempSync(join(tmpdir(), 'varve-kill-'))
    tell({ kind: 'begin', group })
    const began = performance.now()
    try {
      const { ran, skipped, aborted } = await runRealScenarios({
        seconds: 0,
        // It ends at the first lie that is noticed. Not every kill comes at a moment that shows one.
        roundsMin: dishonest ? kills * liesPerKill : kills,
        seed,
        directory,
        dishonest,
        only: ['kill-9'],
      })
      const milliseconds = performance.now() - began
      const violations = ran.flatMap((each) => each.violations)
      const rounds = ran.reduce((sum, each) => sum + each.rounds, 0)
      const records = ran.reduce((sum, each) => sum + each.records, 0)
      const told = violations.map((each) => `${each.promised}; ${each.found}; ${each.circumstances}`)
      const reasons = [...skipped, ...aborted].map(({ reason }) => reason)
      const says = (isWrong: boolean, errors: readonly string[]): { error?: string } =>
        isWrong || reasons.length > 0 ? { error: [...errors, ...reasons].join('\n') } : {}
      if (dishonest) {
        const error = says(violations.length === 0, [`no lie was noticed in ${rounds} rounds`])
        tell({ kind: 'test', group, title: 'writers that lie are noticed', milliseconds, ...error })
        tell({ kind: 'note', text: `a lie was noticed behind ${rounds} kills` })
        continue
      }
      const error = says(violations.length > 0, told)
      tell({ kind: 'test', group, title: 'nothing acknowledged is lost', milliseconds, ...error })
      const nothing = records === 0 ? { error: `${rounds} rounds, and no record was acknowledged` } : {}
      tell({ kind: 'test', group, title: 'something was acknowledged before the kills', milliseconds: 0, ...nothing })
      tell({ kind: 'note', text: `${rounds} kills, ${records} records acknowledged before them` })
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
