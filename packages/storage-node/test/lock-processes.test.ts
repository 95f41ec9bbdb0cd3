import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeStorage } from '../src/index.ts'
import { failure } from './support/faults.ts'
import { Locker } from './support/process.ts'
import { temporaryDirectory } from './support/temporary.ts'

const canUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0

describe('of several processes', () => {
  const modes = ['asynchronous', 'synchronous'] as const
  it.each(modes)('exactly one gets the lock, %s, round after round', async (mode) => {
    const directory = temporaryDirectory()
    const lockers = Array.from({ length: 5 }, () => new Locker(directory, mode))
    for (let round = 1; round <= 40; round += 1) {
      const answers = await Promise.all(lockers.map((locker) => locker.ask('lock')))
      const winners = answers.filter((answer) => answer.generation !== undefined)
      expect(answers.filter((answer) => answer.code === 'LOCKED')).toHaveLength(4)
      expect(winners).toMatchObject([{ generation: round }])
      await Promise.all(lockers.map((locker) => locker.ask('release')))
    }
  })

  it('none is ever inside together with another, and no generation is given twice', async () => {
    const directory = temporaryDirectory()
    const lockers = Array.from({ length: 4 }, () => new Locker(directory, 'synchronous'))
    const answers = await Promise.all(lockers.map((locker) => locker.ask('contend')))
    expect(answers.flatMap((answer) => answer.failures)).toEqual([])
    const generations = answers.flatMap((answer) => answer.generations ?? [])
    expect(generations.length).toBeGreaterThan(20)
    expect(new Set(generations).size).toBe(generations.length)
    for (const { generations: own = [] } of answers) expect(own).toEqual([...own].sort((a, b) => a - b))
  })

  it('exactly one takes over from a holder that was killed', async () => {
    const directory = temporaryDirectory()
    for (let round = 0; round < 5; round += 1) {
      const victim = new Locker(directory)
      const lockers = Array.from({ length: 4 }, () => new Locker(directory))
      const { generation = 0 } = await victim.ask('lock')
      expect(generation).toBe(2 * round + 1)
      // The others are started and refused before the holder dies.
      for (const locker of lockers) expect(await locker.ask('lock')).toMatchObject({ code: 'LOCKED' })
      await victim.kill()
      const answers = await Promise.all(lockers.map((locker) => locker.ask('lock')))
      const winners = answers.filter((answer) => answer.generation !== undefined)
      expect(winners).toMatchObject([{ generation: generation + 1 }])
      await Promise.all(lockers.map((locker) => locker.kill()))
    }
  })
})

describe('a lock held by another process', () => {
  it('is refused, and the refusal names the process', async () => {
    const directory = temporaryDirectory()
    const locker = new Locker(directory)
    const { holder } = await locker.ask('lock')
    const error = await failure('LOCKED', () => nodeStorage(directory).lock())
    expect(error.context).toMatchObject({ holder, operation: 'lock', file: 'lock-00000001', directory })
    expect(error.message).toContain(`process ${locker.pid} on `)
  })

  it('that is stopped stays locked', async () => {
    const directory = temporaryDirectory()
    const locker = new Locker(directory)
    await locker.ask('lock')
    locker.signal('SIGSTOP')
    await failure('LOCKED', () => nodeStorage(directory).lock())
    locker.signal('SIGCONT')
  })

  it('that was killed is taken over, and the file of the dead holder goes', async () => {
    const directory = temporaryDirectory()
    const locker = new Locker(directory)
    await locker.ask('lock')
    await locker.kill()
    expect((await nodeStorage(directory).lock()).generation).toBe(2)
    expect(readdirSync(directory)).toEqual(['lock-00000002'])
  })

  const where = canUnshare ? 'in a pid namespace of its own' : '(no right to make a pid namespace: in ours)'
  const command = canUnshare ? ['unshare', '--pid', '--fork', '--kill-child'] : []

  it(`${where} stays locked`, async () => {
    const directory = temporaryDirectory()
    const locker = new Locker(directory, 'asynchronous', command)
    await locker.ask('lock')
    const error = await failure('LOCKED', () => nodeStorage(directory).lock())
    if (canUnshare) expect(error.message).toMatch(/another container.*echo released > ".*lock-00000001"/)
  })
})
