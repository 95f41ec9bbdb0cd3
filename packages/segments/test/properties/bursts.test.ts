import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { burstOptions, sequencesOn } from '../support/log-bursts.ts'
import { quiet } from '../support/log-clock.ts'
import { ControlledStorage } from '../support/log-controlled-storage.ts'
import { payload, readAll } from '../support/log-records.ts'
import { upTo } from '../support/log-tails.ts'

type Step =
  | { readonly do: 'enqueue' | 'append' | 'batch'; readonly bytes: number; readonly count: number }
  | { readonly do: 'archive' | 'checkpoints' | 'sync' | 'pause' }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('enqueue', 'append', 'batch'),
      bytes: fc.oneof(fc.nat(300), fc.nat(6000)),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('archive', 'checkpoints', 'sync', 'pause') }) },
)

it('bursts of any kind are written once and in order, and what was kept last is found again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), fc.boolean(), async (steps, asynchronous) => {
      const disk = new ControlledStorage({ asynchronous })
      const options = { storage: disk.storage, ...burstOptions, queue: {} }
      const log = await openLog(options)
      const pending: Promise<unknown>[] = []
      let last = 0
      let floor = 1
      let kept = 0
      for (const step of steps) {
        if ('bytes' in step) {
          const { bytes, count } = step
          const many = Array.from({ length: count }, (_, at) => payload(last + 1 + at, bytes))
          if (step.do === 'batch') pending.push(log.appendBatch(many))
          else if (step.do === 'append') pending.push(...many.map((one) => log.append(one)))
          else for (const one of many) log.enqueue(one)
          last += count
        } else if (step.do === 'sync') pending.push(log.sync())
        else if (step.do === 'checkpoints') pending.push(log.recordCheckpoints(payload((kept = last + 1), 8)))
        else if (step.do === 'archive') pending.push(log.archive((floor = last + 1)))
        else await quiet()
      }
      await Promise.all(pending)
      expect(log.lastSequence).toBe(last)
      await log.close()
      expect(disk.offences).toEqual([])
      expect(sequencesOn(disk)).toEqual(upTo(last))
      const again = await openLog(options)
      expect(again.firstSequence).toBe(floor)
      expect(again.checkpointList).toEqual(payload(kept, kept === 0 ? 0 : 8))
      expect((await readAll(again)).map(({ sequence }) => sequence)).toEqual(upTo(last).slice(floor - 1))
      await again.close()
    }),
    { numRuns: 60 },
  )
})

