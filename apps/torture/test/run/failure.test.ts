import { Violation } from '@varve/dst'
import { describe, expect, it } from 'vitest'
import type { TortureCase } from '../../src/cases/case.ts'
import { tortureCases } from '../../src/cases/cases.ts'
import { runCase } from '../../src/cases/run-case.ts'
import { explain } from '../../src/run/failure.ts'
import { parseReplay, replayText } from '../../src/run/replay.ts'
import { failureLines } from '../../src/report/terminal.ts'

function caseNamed(name: string): TortureCase {
  const found = tortureCases.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no case ${name}`)
  return found
}

/** The same case, of a log that has broken a promise as soon as a third process opens it. */
function brokenAtTheThird(name: string): TortureCase {
  const what = caseNamed(name)
  return {
    ...what,
    system: () => {
      const system = what.system()
      return {
        ...system,
        check: async (instance, world, ledger) => {
          await system.check(instance, world, ledger)
          if (world.life > 2) throw new Violation(`the third process should not be (${world.life})`)
        },
      }
    },
  }
}

const options = { seed: 3, probe: () => undefined, goesOn: () => true, runs: 20 }

describe('a broken promise', () => {
  it('is shrunk, told with everything that happened, and can be played again', async () => {
    const what = brokenAtTheThird('swarm-scheduled-sync-xfs')
    const { failure } = await runCase(what, options)
    if (failure === undefined) throw new Error('nothing was found')
    const explained = await explain(what, failure)
    expect(explained.violation).toBe('the third process should not be (3)')
    expect(explained.replay.length).toBeLessThan(explained.found.length)
    expect(explained.timeline[0]).toBe('process 1 starts')
    expect(explained.timeline.join('\n')).toMatch(/-- recovered no records by 'created', as promised/)
    const text = failureLines(explained).join('\n')
    expect(text).toContain(`pnpm torture --replay '${explained.replay}'`)
    expect(parseReplay(explained.replay)).toMatchObject({ what: { name: 'swarm-scheduled-sync-xfs' } })
  })

  it('that does not come again is left as it was found', async () => {
    const what = caseNamed('swarm-plain-sync-xfs')
    const explained = await explain(what, { violation: 'once', tape: [1, 2, 3] })
    expect(explained).toMatchObject({ violation: 'once', replay: 'swarm-plain-sync-xfs:1-2-3' })
  })
})

describe('a replay string', () => {
  it('names a case and a tape', () => {
    const what = caseNamed('short')
    expect(parseReplay(replayText(what, [0, 0, 1, 0]))).toEqual({ what, tape: [0, 0, 1] })
  })

  it.each(['', 'nonsense:1', 'short:1:2'])("is not '%s'", (text) => {
    expect(() => parseReplay(text)).toThrow(/names no case; pass what a failure printed/)
  })
})
