import { describe, expect, it } from 'vitest'
import { playCase } from '../src/cases/run-case.ts'
import { parseReplay } from '../src/run/replay.ts'
import { mutants } from '../src/zoo/mutants.ts'

/**
 * What the torture found in the log itself. The mutant puts the bug back, and the zoo has to find it again; the tape is
 * one that failed with it, and must hold for ever.
 */
const found = [
  {
    what: 'a storage that reads short made recovery believe that the log ended there',
    mutant: 'short-read-is-the-end',
    replay:
      'swarm-plain-sync-strict-posix:z2-1-z2-1-0-1-1-1-z10-8-1-z3-5-7-z21-2-z2-7-z20-8-0-1-z2-1-z16-1-1-z13-2-z4-5-7-' +
      'z7-1-1',
  },
  {
    what: 'a storage that counts nonsense was believed',
    mutant: 'nonsense-count-believed',
    replay: 'swarm-plain-sync-opfs-firefox:1-1-1-1-z10-12-2-z3-6-6-1-z2-6-13-z2-7-z16-2-z4-6-0-1-z2-13-z2-10-z4-1',
  },
  {
    what: 'a writer that was taken for dead gave birth to a second segment of an index',
    mutant: 'takeover-not-noticed',
    replay: 'takeover:',
  },
  {
    what: 'where names are eventual, an open removed the segment whose records a young one had carried over',
    mutant: 'young-names-trusted',
    replay:
      'swarm-plain-sync-opfs-chromium:0-1-1-z10-5-0-1-z4-1-1-z12-3-z3-8-14-4-z2-1-1-z2-1-1-z26-13-z2-13-z2-8-7-z25-3-' +
      'z2-1-z2-6-5-0-1-z2-1-1-1',
  },
] as const

describe('a bug that was found', () => {
  it.each(found)('does not come back: $what', async ({ mutant, replay }) => {
    const { what, tape } = parseReplay(replay)
    expect(await playCase(what, tape)).toBeUndefined()
    expect(mutants.find(({ name }) => name === mutant)?.killedBy).toContain(what.name)
  })
})
