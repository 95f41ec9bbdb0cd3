import { describe, expect, it } from 'vitest'
import { merged, resultOf } from '../src/result.ts'

const fine = { kind: 'test', group: 'file', title: 'holds', milliseconds: 1 } as const
const end = { kind: 'end' } as const
const ended = { how: '0', output: 'said' }

describe('a suite', () => {
  it('that came to its end counts what it reported', () => {
    const failed = { ...fine, title: 'does not', error: 'why' }
    const result = resultOf('tests', [{ kind: 'runtime', name: 'Some 1' }, fine, failed, end], ended, 1)
    const failures = [{ title: 'file: does not', error: 'why' }]
    expect(result).toMatchObject({ runtime: 'Some 1', passed: 1, failures })
  })

  it.each([
    ['died on the way', [{ kind: 'begin', group: 'file' }, fine] as const, { ...ended, how: 'SIGSEGV' }],
    ['ended before its end', [{ kind: 'begin', group: 'file' }, fine] as const, ended],
    ['failed behind its end', [{ kind: 'begin', group: 'file' }, fine, end] as const, { ...ended, how: '1' }],
  ])('that %s has failed, and says where', (_, messages, how) => {
    const { failures } = resultOf('tests', messages, how, 1)
    expect(failures).toEqual([{ title: `the process ended with ${how.how} in file`, error: 'said' }])
  })

  it('without a test, or without a process, has failed', () => {
    expect(resultOf('tests', [end], ended, 1).failures).toMatchObject([{ title: 'no test ran' }])
    expect(merged('tests', []).failures).toMatchObject([{ title: 'no test ran' }])
  })
})
