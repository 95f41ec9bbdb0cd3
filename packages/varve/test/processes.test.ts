import { describe, expect, it } from 'vitest'
import { isVarveError, openLog, openLogSync } from '../src/node.ts'
import { Participant } from './support/process.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** Expects that the log is refused, and that the refusal names the process that has it. */
async function expectLocked(directory: string, holder: number): Promise<void> {
  const error: unknown = await openLog(directory).catch((error: unknown) => error)
  expect(isVarveError(error, 'LOCKED') && error.message).toContain(`process ${holder} on `)
  expect(() => openLogSync(directory)).toThrow(`process ${holder} on `)
}

describe('of two processes', () => {
  it('exactly one opens the log, and the other is told which process has it', async () => {
    const directory = temporaryDirectory()
    const participants = [new Participant(directory), new Participant(directory)]
    for (let round = 1; round <= 10; round += 1) {
      const answers = await Promise.all(participants.map((participant) => participant.ask('open')))
      const winner = participants[answers.findIndex(({ code }) => code === undefined)]
      const loser = answers.find(({ code }) => code !== undefined)
      expect(loser).toMatchObject({ code: 'LOCKED' })
      expect(loser?.message).toContain(`process ${winner?.pid ?? 'nobody'} on `)
      expect(await winner?.ask('append')).toEqual({ lastSequence: round })
      await winner?.ask('close')
    }
  })

  it('the second gets the log when the first closes it, with what the first appended', async () => {
    const directory = temporaryDirectory()
    const [first, second] = [new Participant(directory), new Participant(directory)]
    await first.ask('open')
    await first.ask('append')
    await first.ask('close')
    expect(await second.ask('open')).toEqual({ lastSequence: 1 })
  })
})

describe('a log whose writer', () => {
  it('was killed is taken over', async () => {
    const directory = temporaryDirectory()
    const writer = new Participant(directory)
    await writer.ask('open')
    await writer.ask('append')
    await expectLocked(directory, writer.pid)
    await writer.kill()
    const log = await openLog(directory)
    expect(log.lastSequence).toBe(1)
    expect(log.recovery.cleanShutdown).toBe(false)
    await log.close()
  })

  it('is stopped stays locked, and the writer goes on when it is continued', async () => {
    const directory = temporaryDirectory()
    const writer = new Participant(directory)
    await writer.ask('open')
    writer.signal('SIGSTOP')
    await expectLocked(directory, writer.pid)
    writer.signal('SIGCONT')
    expect(await writer.ask('append')).toEqual({ lastSequence: 1 })
    await expectLocked(directory, writer.pid)
  })

  it('lives can be read by another process, which takes no lock', async () => {
    const directory = temporaryDirectory()
    const writer = new Participant(directory)
    await writer.ask('open')
    await writer.ask('append')
    const reader = await openLog(directory, { readOnly: true })
    expect(reader.lastSequence).toBe(1)
    expect(await writer.ask('append')).toEqual({ lastSequence: 2 })
    await reader.close()
  })

  it('is this very process stays locked', async () => {
    const directory = temporaryDirectory()
    const log = await openLog(directory)
    await expectLocked(directory, process.pid)
    await log.close()
    await (await openLog(directory)).close()
  })
})
