import { isVarveError, VarveError, type VarveErrorCode } from '@varve/codec'
import { describe, expect, it } from 'vitest'
import { decodeError, encodeError } from '../src/wire/errors.ts'
import { failure, newLog, pairOf, text } from './support/pairs.ts'

const codes: readonly VarveErrorCode[] = [
  ...(['INVALID_ARGUMENT', 'CLOSED', 'POISONED', 'LOCKED', 'READ_ONLY', 'NOT_FOUND', 'EXISTS', 'IO'] as const),
  ...(['NO_SPACE', 'SHORT_READ', 'CORRUPT', 'TORN_TAIL', 'NOT_A_LOG', 'FOREIGN_FILE', 'UNSUPPORTED_FORMAT'] as const),
  ...(['UNSUPPORTED', 'RECORD_TOO_LARGE', 'BACKPRESSURE', 'RECLAIMED', 'STORAGE_IS_ASYNC', 'ABORTED'] as const),
]

function across(error: unknown): unknown {
  return decodeError(structuredClone(encodeError(error)))
}

describe('an error of the log', () => {
  it.each(codes)('is what it was on the other side: %s', async (code) => {
    const log = await newLog()
    const cause = Object.assign(new TypeError('the disk'), { code: 'EIO' })
    const error = new VarveError(code, 'as planned', { file: 'a', position: 5, isSo: true, none: undefined }, cause)
    Object.assign(log, { append: () => Promise.reject(error), get: () => Promise.reject(error) })
    const { client } = await pairOf(log)
    for (const call of [() => client.append(text('x')), () => client.get(1)]) {
      const got = await failure(code, call)
      expect(isVarveError(got, code)).toBe(true)
      expect(got.message).toBe(error.message)
      expect(got).toMatchObject({ context: { file: 'a', position: 5, isSo: true } })
      expect(got.cause).toMatchObject({ name: 'TypeError', message: 'the disk' })
      expect(got.cause).toBeInstanceOf(Error)
    }
  })

  it('has its whole chain of causes, up to a bound', () => {
    let error = new VarveError('IO', 'the first')
    for (let depth = 0; depth < 20; depth += 1) error = new VarveError('POISONED', `level ${depth}`, {}, error)
    let depth = 0
    for (let got = across(error); isVarveError(got); got = got.cause) depth += 1
    expect(depth).toBe(9)
    const round = new Error('round')
    round.cause = round
    expect(across(round)).toMatchObject({ message: 'round' })
  })

  it('has of its context what a message can carry', () => {
    const context = { file: 'a', odd: (() => 1) as unknown as string }
    expect(across(new VarveError('IO', 'x', context))).toMatchObject({ context: { file: 'a' } })
    const messageOfItsOwn = Object.assign(new VarveError('IO', 'x'), { message: 'another' })
    expect(across(messageOfItsOwn)).toMatchObject({ message: 'IO: another' })
  })
})

describe('what is no error', () => {
  it.each([undefined, 'text', 5, true])('is carried as it is: %s', (thrown) => {
    expect(across(thrown)).toBe(thrown)
  })

  it('is carried as text', () => {
    expect(across({ toString: () => 'described' })).toBe('described')
    expect(across(Object.create(null))).toBe('something that has no description')
    expect(across(Symbol('sign'))).toBe('Symbol(sign)')
  })

  it('is not taken for one that this version does not know', () => {
    const error = decodeError({ code: 'NEW', name: 'VarveError', message: 'from the future', context: 5 })
    expect(error).toMatchObject({ name: 'VarveError', message: 'from the future' })
    expect(isVarveError(error)).toBe(false)
    expect(decodeError({ code: 'IO', message: 'x', context: 5 })).toMatchObject({ context: {} })
    expect(decodeError({ message: 'x', name: 5 })).toMatchObject({ name: 'Error' })
    expect(decodeError([1])).toBeUndefined()
  })
})
