import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyOptions } from '../support/log-model.ts'
import { anyRetentionStep, RetentionModel } from '../support/log-retention-model.ts'

const anySteps = fc.array(anyRetentionStep, { maxLength: 80, size: 'max' })

describe('a log of which only the newest records are kept', () => {
  it.each([
    { name: 'at once', asynchronous: false },
    { name: 'later', asynchronous: true },
  ])('is an array with a floor, whoever follows it, on a storage that answers $name', async ({ asynchronous }) => {
    let removed = 0
    await fc.assert(
      fc.asyncProperty(anyOptions, anySteps, async (options, steps) => {
        const model = new RetentionModel(options, asynchronous)
        await model.open()
        for (const step of steps) await model.take(step)
        await model.close()
        removed += model.removed
      }),
      { numRuns: 120 },
    )
    expect(removed).toBeGreaterThan(100)
  })
})
