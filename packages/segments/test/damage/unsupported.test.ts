import { frameField } from '@varve/codec'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, openLogSync } from '../../src/index.ts'
import { missing, type LogView } from '../../src/read/view.ts'
import { reseal } from '../support/damage-forge.ts'
import { buildImage } from '../support/damage-image.ts'
import { expectUnchanged } from '../support/damage-verdict.ts'
import { segmentsOf, type PlainFrame, type PlainSegment } from '../support/log-files.ts'
import { failure } from '../support/log-promises.ts'
import { readAllSync } from '../support/log-records.ts'

const image = buildImage()
const segments = segmentsOf(image.snapshot)

/** The log with one frame changed as a newer version might have written it: its header verifies all the same. */
function newer(segment: PlainSegment, { position }: PlainFrame, field: 'version' | 'flags'): MemorySnapshot {
  return reseal(image.snapshot, segment.name, position, (bytes, at) => {
    bytes[at + frameField[field]] = field === 'version' ? 2 : 4
  })
}

describe('a frame of a version or with a flag that this code does not know', () => {
  const fields = ['version', 'flags'] as const
  it.each(fields)('is refused as such, wherever it stands, and never taken for damage (%s)', async (field) => {
    for (const segment of segments) {
      const victim = segment.frames[1] as PlainFrame
      const snapshot = newer(segment, victim, field)
      const storage = memoryStorage({ snapshot })
      const error = await failure('UNSUPPORTED_FORMAT', () => openLogSync({ storage, ...image.options, verify: 'all' }))
      expect(error.context).toMatchObject({ file: segment.name, position: victim.position })
      expectUnchanged(snapshot, storage.snapshot())
      // A segment that is not the last is not looked into before it is read.
      if (segment === segments.at(-1)) continue
      const log = openLogSync({ storage, ...image.options, verify: 'seals' })
      const met = await failure('UNSUPPORTED_FORMAT', () => readAllSync(log))
      expect(met.context).toMatchObject({ file: segment.name, position: victim.position })
      log.closeSync()
    }
  })

  it('ends an open for reading too', async () => {
    for (const segment of [segments[0], segments.at(-1)] as PlainSegment[]) {
      const snapshot = newer(segment, segment.frames[1] as PlainFrame, 'version')
      const storage = memoryStorage({ snapshot })
      await failure('UNSUPPORTED_FORMAT', () => openLog({ storage, readOnly: true, verify: 'all' }))
    }
  })
})

describe('a reader that finds no segment for a record', () => {
  it('says so, even when nobody knows of any damage', () => {
    const error = missing({ damage: [] as LogView['damage'] } as LogView, 7)
    expect(error).toMatchObject({ code: 'CORRUPT', context: { row: 'reading', firstSequence: 7 } })
  })
})
