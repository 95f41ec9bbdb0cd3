import { expect, it } from 'vitest'
import { titleOf } from '../src/titles.ts'

it.each([
  ['is $what', [{ what: 'here' }], 'is here'],
  ['is $a.b and $missing', [{ a: { b: 3n } }], 'is 3 and $missing'],
  ['%s: %d of %i, %j, 100%%', ['a', 1.5, 2.7, { b: 1n }], 'a: 1.5 of 2, {"b":"1"}, 100%'],
  ['number %#: %s and %s', ['one'], 'number 4: one and %s'],
  ['%o', [undefined], 'undefined'],
] as const)('the title %s is filled in', (template, args, expected) => {
  expect(titleOf(template, args, 4)).toBe(expected)
})
