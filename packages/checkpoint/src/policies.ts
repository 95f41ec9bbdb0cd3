import type { SegmentInfo } from '@varve/segments'
import type { KeptCheckpoint } from './format/list.ts'

/** What bounds a policy. */
export interface PolicyOptions {
  /**
   * Sequence of the checkpoint that recovery must be able to begin with: the newest, or an older one that it may have
   * to fall back to. No record behind it is given up. Default: none, and any record may be given up.
   */
  readonly checkpoint?: number
}

/**
 * The floor to pass to `log.reclaim` so that the segments which are left take at most `bytes`. The active segment
 * always stays, and so does what `checkpoint` needs: then they take more.
 *
 * @example
 * await log.reclaim(keepBytes(log.segments, 1024 ** 3, { checkpoint: publisher.list().at(-1)?.sequence ?? 0 }))
 */
export function keepBytes(
  segments: readonly Pick<SegmentInfo, 'firstSequence' | 'bytes'>[],
  bytes: number,
  options: PolicyOptions = {},
): number {
  let left = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const fitting = segments.find((segment, at) => {
    if (left <= bytes || at === segments.length - 1) return true
    left -= segment.bytes
    return false
  })
  return bounded(fitting?.firstSequence ?? 1, options)
}

/**
 * The floor to pass to `log.reclaim` so that recovery can begin with each of the newest `count` checkpoints, which are
 * listed newest first. While there are fewer, nothing may be given up. A publisher does the same with `keep`; this is
 * for who wants to give up less than it does, or at another time.
 *
 * @example
 * await log.reclaim(keepCheckpoints(publisher.list(), 3))
 */
export function keepCheckpoints(checkpoints: readonly Pick<KeptCheckpoint, 'sequence'>[], count: number): number {
  return (checkpoints[count - 1]?.sequence ?? 0) + 1
}

/**
 * The floor to pass to `log.reclaim` so that the last `records` up to `lastSequence` stay, and what `checkpoint` needs.
 *
 * @example
 * await log.reclaim(keepRecords(log.lastSequence, 100_000))
 */
export function keepRecords(lastSequence: number, records: number, options: PolicyOptions = {}): number {
  return bounded(lastSequence - records + 1, options)
}

function bounded(floor: number, { checkpoint = Number.MAX_SAFE_INTEGER - 1 }: PolicyOptions): number {
  return Math.max(1, Math.min(floor, checkpoint + 1))
}
