import { type FrameFields, isFinalControl } from './frame.ts'
import type { ScanState } from './kernel.ts'
import { controlType, frameFlag } from './layout.ts'

/** Whether a frame of these fields can stand at `state.position`, behind what `state` has seen. */
export function mayFollow(fields: FrameFields, state: ScanState): boolean {
  if (isFinalControl(state.lastControl)) return false
  if (fields.timestamp < state.lastTimestamp || fields.durableEnd > state.position) return false
  if ((fields.flags & frameFlag.control) === 0) return fields.sequence === state.lastSequence + 1
  const batch = state.insideBatch || (fields.flags & frameFlag.batchContinues) !== 0
  return !batch && fields.sequence === state.lastSequence
}

/** Advances `state` over a verified frame of `size` bytes. The durable end and the chain are not its concern. */
export function advance(fields: FrameFields, size: number, state: ScanState): void {
  const isControl = (fields.flags & frameFlag.control) !== 0
  state.position += size
  state.lastSequence = fields.sequence
  state.lastTimestamp = fields.timestamp
  state.insideBatch = (fields.flags & frameFlag.batchContinues) !== 0
  state.lastControl = isControl ? fields.type : 0
  state.frames += 1
  if (!isControl) state.records += 1
  // A MARK is overwritten by whatever comes next.
  if (!state.insideBatch && state.lastControl !== controlType.mark) state.unitPosition = state.position
}
