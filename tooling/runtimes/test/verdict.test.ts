import { expect, it } from 'vitest'
import { table } from '../src/table.ts'
import { verdictOf } from '../src/verdict.ts'

const suite = { runtime: 'Some 1', suite: 'kill', passed: 3, failures: [], notes: [], seconds: 1 } as const
const failures = [{ title: 'holds', error: 'it does not' }]
const ran = { name: 'some', suites: [suite, { ...suite, failures }] }
const absent = { name: 'other', suites: [], missing: 'it could not be installed' }

it('a runtime that is missing is told of, and no failure', () => {
  const complaints = ['other is not available, NOTHING RAN ON IT']
  expect(verdictOf([ran, absent], false)).toEqual({ passed: 6, failed: 1, complaints })
})

it('a runtime that is missing where it is required is a failure', () => {
  const complaints = ['other is not available, and it is required']
  expect(verdictOf([ran, absent], true)).toEqual({ passed: 6, failed: 2, complaints })
})

it('the table has a line for each suite, and for what is missing', () => {
  expect(table([ran, absent])).toEqual([
    'runtime  suite          passed  failed  seconds',
    'Some 1   kill                3       0      1.0',
    'Some 1   kill                3       1      1.0',
    'other    NOT AVAILABLE',
  ])
})
