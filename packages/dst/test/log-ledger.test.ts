import { describe, expect, it } from 'vitest'
import { LogLedger, noLedger, Violation } from '../src/index.ts'

/** Three records, of which the second and the third are one batch. */
function appended(): { readonly ledger: LogLedger; readonly payloads: Uint8Array[] } {
  const ledger = new LogLedger()
  return { ledger, payloads: [...ledger.attempt([10]), ...ledger.attempt([20, 30])] }
}

describe('what a log owes', () => {
  it('is nothing that it said nothing of, and no half batch', () => {
    for (const count of [0, 1, 3]) {
      const { ledger, payloads } = appended()
      ledger.recovered(payloads.slice(0, count))
      expect(ledger.attempted).toBe(count)
      expect(ledger.owed).toBe(count)
    }
    const { ledger, payloads } = appended()
    expect(() => { ledger.recovered(payloads.slice(0, 2)) }).toThrow('2 records came back, in the middle of a batch')
  })

  it('is what was written, until the power goes, and what was covered, always', () => {
    const { ledger, payloads } = appended()
    ledger.cover(1)
    ledger.write()
    expect(() => { ledger.clone().recovered(payloads.slice(0, 1)) }).toThrow('1 records came back of 3 that were')
    ledger.losePower()
    expect(() => { ledger.clone().recovered([]) }).toThrow('0 records came back of 1 that were promised')
    ledger.recovered(payloads.slice(0, 1))
  })

  it('is what a recovery or a reader showed', () => {
    const { ledger, payloads } = appended()
    ledger.expose(3)
    ledger.losePower()
    expect(() => { ledger.recovered(payloads.slice(0, 1)) }).toThrow(Violation)
  })

  it('is of a copy what that said it has, and it may have more', () => {
    const { ledger, payloads } = appended()
    ledger.cover()
    expect(() => { ledger.ofCopy(1).recovered([]) }).toThrow('0 records came back of 1 that were promised')
    ledger.ofCopy(1).recovered(payloads.slice(0, 1))
    ledger.ofCopy(1).recovered(payloads)
    expect(() => { ledger.ofCopy(3).recovered(payloads.slice(0, 1)) }).toThrow('1 records came back of 3 that were')
    expect(() => { ledger.clone().recovered(payloads.slice(0, 1)) }).toThrow('1 records came back of 3 that were')
  })

  it('is nothing else than what was appended', () => {
    const { ledger, payloads } = appended()
    const changed = payloads.map((payload, at) => (at === 2 ? payload.slice(1) : payload))
    expect(() => { ledger.recovered(changed) }).toThrow('record 3 is not what was appended')
    expect(() => { ledger.recovered([...payloads, ...payloads]) }).toThrow('6 records came back of 3 attempted')
    expect(() => { ledger.compare(4, Uint8Array.of(1)) }).toThrow('there is a record 4 that nobody appended')
    ledger.compare(1, payloads[0] as Uint8Array)
  })

  it('is not what was given up before it was taken, and what came behind it moves up', () => {
    const { ledger, payloads } = appended()
    const [fourth] = ledger.attempt([40]) as [Uint8Array]
    expect(ledger.withdrawn(payloads.slice(1))).toBe(1)
    expect(ledger.attempted).toBe(2)
    ledger.compare(2, fourth)
    ledger.clone().recovered([payloads[0] as Uint8Array])
    ledger.clone().recovered([payloads[0] as Uint8Array, fourth])
    expect(ledger.withdrawn([fourth])).toBe(1)
    const recovered = (): void => { ledger.recovered([payloads[0] as Uint8Array, fourth]) }
    expect(recovered).toThrow('2 records came back of 1 attempted')
  })

  it('never again includes what was discarded', () => {
    const { ledger, payloads } = appended()
    ledger.recovered(payloads.slice(0, 1))
    const [next] = ledger.attempt([20])
    expect(next).not.toEqual(payloads[1])
    expect(() => { ledger.clone().recovered(payloads.slice(0, 2)) }).toThrow('record 2 is not what was appended')
  })

  it('does not include what was refused', () => {
    const { ledger, payloads } = appended()
    ledger.attempt([5, 5])
    ledger.refused(2)
    ledger.recovered(payloads)
  })

  it('does not include what was given up, and nothing before it', () => {
    const { ledger, payloads } = appended()
    expect(() => { ledger.clone().recovered(payloads.slice(1), 2) }).toThrow('the log begins at 2, and only 0 records')
    ledger.reclaim(1)
    ledger.cover()
    ledger.recovered(payloads.slice(1), 2)
  })

  it('includes that what was given up stays so, and that a floor may lie inside a batch', () => {
    const { ledger, payloads } = appended()
    ledger.cover()
    ledger.reclaim(2)
    ledger.giveUp(2)
    expect(() => { ledger.clone().recovered(payloads) }).toThrow('the log begins at 1, and 2 records had been given up')
    ledger.clone().recovered(payloads.slice(2), 3)
    const lied = ledger.clone()
    lied.betray()
    lied.recovered([], 3)
  })

  it('includes the last mark that it said it keeps, or a later one', () => {
    const ledger = new LogLedger()
    const [first, second] = [ledger.mark(), ledger.mark()]
    ledger.keepMark(first)
    expect(() => { ledger.foundMark(0) }).toThrow('mark 0 was found in place of 1')
    expect(() => { ledger.foundMark(3) }).toThrow('mark 3 was found, and only 2 were attempted')
    ledger.clone().foundMark(first)
    ledger.foundMark(second)
    expect(() => { ledger.foundMark(first) }).toThrow('mark 1 was found in place of 2')
    ledger.betray()
    ledger.foundMark(0)
  })

  it('is nothing where names are eventual and all that outlives a loss of power had been given up', () => {
    const ledger = new LogLedger({ names: 'eventual' })
    ledger.attempt([1])
    ledger.cover()
    ledger.settleNames()
    ledger.reclaim(1)
    ledger.losePower()
    ledger.recovered([])
  })

  it('is only the truth once the storage has lied', () => {
    const { ledger, payloads } = appended()
    ledger.cover()
    ledger.betray()
    ledger.clone().recovered(payloads.slice(0, 1))
    expect(() => { ledger.recovered([Uint8Array.of(1)]) }).toThrow(/not what was appended .*storage lied/)
  })

  it('is what was covered when names became durable, where those are eventual', () => {
    const ledger = new LogLedger({ names: 'eventual' })
    const payloads = [...ledger.attempt([1]), ...ledger.attempt([2])]
    ledger.cover(1)
    ledger.settleNames()
    ledger.cover()
    ledger.expose(2)
    ledger.losePower()
    expect(() => { ledger.clone().recovered([]) }).toThrow('0 records came back of 1')
    ledger.recovered(payloads.slice(0, 1))
  })

  it('is told apart by a digest, and copies go their own ways', () => {
    const { ledger } = appended()
    const copy = ledger.clone()
    expect(copy.digest).toBe(ledger.digest)
    copy.betray()
    expect(copy.digest).not.toBe(ledger.digest)
  })

  it('is nothing at all for a system that keeps no books', () => {
    noLedger.losePower()
    noLedger.betray()
    noLedger.settleNames()
    expect([noLedger.clone(), noLedger.digest]).toEqual([noLedger, ''])
  })
})
