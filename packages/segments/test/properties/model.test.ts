import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { OptionalMethod } from '../support/log-intercept.ts'
import { anyOptions, anyStep, LogModel } from '../support/log-model.ts'

const anySteps = fc.array(anyStep, { maxLength: 120, size: 'max' })
const optional: readonly OptionalMethod[] = ['writeDurable', 'reserve']

describe('a log', () => {
  it.each([
    { name: 'at once', asynchronous: false },
    { name: 'later', asynchronous: true },
  ])('is an array that survives, whatever is done to it, on a storage that answers $name', async ({ asynchronous }) => {
    await fc.assert(
      fc.asyncProperty(anyOptions, anySteps, fc.subarray([...optional]), async (options, steps, without) => {
        const model = new LogModel(options, asynchronous, without)
        await model.open()
        for (const step of steps) await model.take(step)
        await model.check()
        await model.close()
      }),
      { numRuns: 150 },
    )
  })
})
