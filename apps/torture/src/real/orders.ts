import type { Durability } from '@varve/segments'
import type { WriterOrders } from './messages.ts'
import { pick, type Random } from './random.ts'

type Geometry = Pick<WriterOrders, 'segmentBytes' | 'blockBytes'>
type Fixed = Pick<WriterOrders, 'directory' | 'seed' | 'life' | 'lie'>

/** Segments and blocks so small that rotations and hand-overs are frequent. */
const geometries: readonly [Geometry, ...Geometry[]] = [
  { segmentBytes: 8192, blockBytes: 128 },
  { segmentBytes: 16_384, blockBytes: 512 },
  { segmentBytes: 65_536, blockBytes: 4096 },
]

/** A writer that appends until it is killed, in a mode, a geometry and a number of producers of its own. */
export function drawOrders(random: Random, fixed: Fixed): WriterOrders {
  const durability = pick<Durability>(random, ['sync', 'group', 'async'])
  const geometry = pick(random, geometries)
  const synchronous = random() < 0.15
  const producers = pick(random, [1, 4, 16, 64])
  const honest = { ...fixed, ...geometry, durability, synchronous, producers, records: undefined }
  // A lie is told where it does most harm: with many records under way that wait for company.
  return fixed.lie === 'none' ? honest : { ...honest, durability: 'group', synchronous: false, producers: 64 }
}
