import fc from 'fast-check'
import { describe, it } from 'vitest'
import { anyOptions, anyStep, LogModel } from '../support/log-model.ts'

describe('a log', () => {
  it.each([
    { name: 'at once', asynchronous: false },
    { name: 'later', asynchronous: true },
  ])('is an array that survives, whatever is done to it, on a storage that answers $name', async ({ asynchronous }) => {
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.array(anyStep, { maxLength: 120, size: 'max' }), async (options, steps) => {
        const model = new LogModel(options, asynchronous)
        await model.open()
        for (const step of steps) await model.take(step)
        await model.check()
        await model.close()
      }),
      { numRuns: 150 },
    )
  })
})
