import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { countBounded, countExactly } from '../../src/counted/counted.ts'
import { differences, type Counted } from '../../src/counted/expectations.ts'

const expected = JSON.parse(readFileSync(new URL('../../counted.json', import.meta.url), 'utf8')) as Counted
const none: Counted = { exact: {}, bounded: {} }

it('what a record costs in system calls, bytes and calls of the kernel is as expected', async () => {
  const actual = { ...none, exact: await countExactly() }
  expect(differences({ ...none, exact: expected.exact }, actual)).toEqual([])
})

it('what a record costs in allocations is no more than expected', () => {
  const actual = { ...none, bounded: countBounded() }
  expect(differences({ ...none, bounded: expected.bounded }, actual)).toEqual([])
}, 240_000)
