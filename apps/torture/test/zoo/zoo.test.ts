import { describe, expect, it } from 'vitest'
import { inFile, mutant, type Mutant } from '../../src/zoo/mutant.ts'
import { mutants } from '../../src/zoo/mutants.ts'
import { runZoo } from '../../src/zoo/zoo.ts'

// What takes long is looking: these look at one small space each.
const look = 'faults-then-work'
const cleanStates = 20

function named(name: string): Mutant {
  const found = mutants.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no mutant ${name}`)
  return found
}

const canary: Mutant = { ...(mutants.find((each) => each.canary === true) as Mutant), killedBy: [look] }

/** Applies, and changes nothing that anybody could notice. */
const harmless = inFile('segments/src/write/birth.ts', [
  'export function randomWord(',
  '// Nothing to see here.\nexport function randomWord(',
])

describe('the zoo', () => {
  it('catches an early name, a damaged tail, a robbed lock, and the canary', async () => {
    const chosen = ['birth-header-after-name', 'damage-taken-for-torn', 'lock-read-unlink-create'].map(named)
    const heard: string[] = []
    const progress = ({ name }: { name: string }): void => { heard.push(name) }
    const report = await runZoo({ mutants: [canary, ...chosen], cleanStates, progress })
    expect(report).toMatchObject({ missed: [], canary: 'caught', unmutated: 'clean', ok: true })
    expect(heard).toEqual(report.mutants.map(({ name }) => name))
    for (const { caught, by, violation, states } of report.mutants) {
      expect({ caught, by, violation, states }).toEqual({
        caught: true,
        by: expect.any(String) as string,
        violation: expect.any(String) as string,
        states: expect.any(Number) as number,
      })
    }
  })

  it('fails when the canary lives: then nothing that it says can be trusted', async () => {
    const dead: Mutant = { ...canary, edits: harmless, budget: { states: 50 } }
    const report = await runZoo({ mutants: [dead], cleanStates })
    expect(report).toMatchObject({ canary: 'alive', missed: [dead.name], ok: false })
  })

  it('fails when there is no canary', async () => {
    const report = await runZoo({ mutants: [{ ...named('birth-header-after-name'), killedBy: [look] }], cleanStates })
    expect(report).toMatchObject({ canary: 'absent', missed: [], ok: false })
  })

  it('fails when a mutant is missed, and names it', async () => {
    const missed = mutant({ name: 'harmless', hazard: 'none', edits: harmless, killedBy: [look], states: 50 })
    const report = await runZoo({ mutants: [canary, missed], cleanStates })
    expect(report).toMatchObject({ canary: 'caught', missed: ['harmless'], ok: false })
    expect(report.mutants.at(-1)).toMatchObject({ caught: false, by: undefined })
  })

  it('takes a mutant that does not even start for missed, not for caught', async () => {
    const edits = inFile('segments/src/write/birth.ts', [
      'export function randomWord(',
      'throw new Error("never")\nexport function randomWord(',
    ])
    const broken = mutant({ name: 'broken', hazard: 'none', edits, killedBy: [look] })
    const report = await runZoo({ mutants: [canary, broken], cleanStates })
    expect(report).toMatchObject({ missed: ['broken'], ok: false })
  })

  it('says what else catches a mutant when it is asked for a table', async () => {
    const killedBy = ['one-batch', 'decay-killed', look]
    const both: Mutant = { ...named('payload-checksum-not-checked'), killedBy }
    const report = await runZoo({ mutants: [both], cleanStates, table: true, panel: [] })
    expect(report.mutants[0]).toMatchObject({ by: 'one-batch', otherModes: ['decay-killed', look] })
  })
})
