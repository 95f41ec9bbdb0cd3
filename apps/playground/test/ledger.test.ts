import { expect, test } from 'vitest'
import { Ledger, type ReadBack } from '../src/logic/ledger.ts'
import { payloadOf } from '../src/logic/payload.ts'

const tab = 7

type Row = readonly [sequence: number, tab: number, serial: number]

async function* records(...list: readonly Row[]): AsyncGenerator<ReadBack> {
  for (const [sequence, whose, serial] of list) yield { sequence, payload: payloadOf({ tab: whose, serial }, 32) }
}

function ledgerOf(...acknowledged: readonly number[]): Ledger {
  const ledger = new Ledger(tab)
  for (const sequence of acknowledged) ledger.acknowledge(ledger.send(), sequence)
  return ledger
}

test('all that was acknowledged is found, beside what others appended', async () => {
  const audit = await ledgerOf(1, 3).audit(1, records([1, tab, 1], [2, 9, 1], [3, tab, 2]))
  expect(audit).toEqual({ acknowledged: 2, found: 2, lost: [], unacknowledged: 0, lastAcknowledged: 3, lastRead: 3 })
})

test('an acknowledged record that is missing is lost', async () => {
  const { found, lost } = await ledgerOf(1, 2, 3).audit(1, records([1, tab, 1], [3, tab, 3]))
  expect([found, lost]).toEqual([2, [2]])
})

test('an acknowledged number with the record of somebody else, or another one of ours, is lost', async () => {
  const { lost } = await ledgerOf(1, 2).audit(1, records([1, 9, 1], [2, tab, 1]))
  expect(lost).toEqual([1, 2])
})

test('an acknowledged record with a changed byte is lost', async () => {
  const payload = payloadOf({ tab, serial: 1 }, 32)
  payload[20]! ^= 1
  const { lost } = await ledgerOf(1).audit(1, (async function* () { yield { sequence: 1, payload } })())
  expect(lost).toEqual([1])
})

test('a record that was there without an acknowledgement is counted, and no fault', async () => {
  const ledger = ledgerOf(1)
  ledger.fail(ledger.send())
  const { lost, unacknowledged, lastRead } = await ledger.audit(1, records([1, tab, 1], [2, tab, 2]))
  expect([lost, unacknowledged, lastRead]).toEqual([[], 1, 2])
})

test('what lies below the floor was given up on purpose, and is not asked for again', async () => {
  const ledger = ledgerOf(1, 2, 3)
  const { acknowledged, lost } = await ledger.audit(3, records([3, tab, 3]))
  expect([acknowledged, lost, ledger.acknowledged]).toEqual([1, [], 1])
})

test('calls are in flight until they are answered, either way', () => {
  const ledger = new Ledger(tab)
  const [one, two] = [ledger.send(), ledger.send()]
  expect(ledger.inFlight).toBe(2)
  ledger.acknowledge(two, 5)
  ledger.fail(one)
  expect([ledger.inFlight, ledger.lastAcknowledged]).toEqual([0, 5])
})

test('a log that was removed owes nothing', async () => {
  const ledger = ledgerOf(1, 2)
  ledger.clear()
  expect(await ledger.audit(1, records())).toMatchObject({ acknowledged: 0, lost: [], lastAcknowledged: 0 })
})
