import { describe, expect, it } from 'vitest'
import { zooTable } from '../../src/zoo/table.ts'

const result = {
  name: 'a',
  hazard: 'this | that',
  isCanary: false,
  caught: true,
  by: 'short',
  violation: 'gone',
  tape: [],
  states: 12345,
  looked: 0,
  statesMax: 20000,
  ms: 1,
  otherModes: ['nested', 'faults'],
}

describe('the table of the zoo', () => {
  it('has a row for each mutant, with what caught it and what else does', () => {
    const missed = { ...result, name: 'b', caught: false, by: undefined, otherModes: [] }
    expect(zooTable({ mutants: [result, missed] }).split('\n')).toEqual([
      '| mutant | hazard | caught by | processes to kill | also caught by |',
      '| --- | --- | --- | ---: | --- |',
      '| `a` | this \\| that | short | 12,345 | nested, faults |',
      '| `b` | this \\| that | **nothing** | not in 20,000 |  |',
      '',
    ])
  })
})
