import { describe, expect, it } from 'vitest'
import { Explorer } from '../support/crash-explorer.ts'
import { everyStep } from '../support/crash-steps.ts'

const rowsOfCrashes = [
  'last.clean-end',
  'last.clean-shutdown',
  'last.interrupted-rotation',
  'last.torn-batch',
  'last.torn-tail',
]

describe('sync mode: nothing acknowledged is lost, whatever survives a crash', () => {
  it('of every workload of up to four steps, at every operation', () => {
    const explorer = new Explorer({ limits: [24] })
    explorer.exploreAll(everyStep, 4)
    expect(explorer.states).toBeGreaterThan(5000)
    expect([...explorer.rows.keys()]).toEqual(expect.arrayContaining(rowsOfCrashes))
  })

  it('on a storage that has neither durable writes nor reservations', () => {
    const explorer = new Explorer({ limits: [24], extras: false })
    explorer.exploreAll(everyStep, 3)
    expect(explorer.states).toBeGreaterThan(1500)
    expect([...explorer.rows.keys()]).toEqual(expect.arrayContaining(rowsOfCrashes))
  })

  it('on a device that tears sectors', () => {
    const explorer = new Explorer({ limits: [32], tornSectors: true })
    explorer.exploreAll(everyStep, 3)
    expect(explorer.states).toBeGreaterThan(2000)
  })

  it('where files grow over what other files left behind', () => {
    const explorer = new Explorer({ limits: [24], holes: 'garbage' })
    explorer.exploreAll(everyStep, 3)
    expect(explorer.states).toBeGreaterThan(3000)
    expect([...explorer.rows.keys()]).toEqual(expect.arrayContaining(rowsOfCrashes))
  })
})
