import {
  durableEndOf,
  flagsOf,
  foldChain,
  frameBytes,
  headerChecksum,
  isControl,
  isFinalControl,
  isKnown,
  storedChecksum,
  tailOf,
  typeOf,
} from './frame'
import {
  atPayloadBytes,
  atPayloadChecksum,
  atSequence,
  atTimestamp,
  controlMark,
  flagBatchContinues,
  frameHeaderBytes,
  inDurableEnd,
  inFrames,
  inInsideBatch,
  inLastControl,
  inLastSequence,
  inLastTimestamp,
  inLimit,
  inNeeded,
  inPosition,
  inRecords,
  inSalt,
  inUnitPosition,
  scratchBytes,
  sequenceMax,
  stopEnd,
  stopHeader,
  stopLimit,
  stopOrder,
  stopPartial,
  stopPayload,
  stopUnsupported,
} from './layout'
import { xxh64 } from './xxh64'

/*
 * The state of the running scan, in variables because a scan does not run beside another: memory is instantiated once
 * for each kernel. It comes from the scratch area and goes back there. Whole numbers up to 2^53 all of them, so that
 * what arrives as a double is exact here.
 */
let position: i64 = 0
let unitPosition: i64 = 0
let limit: i64 = 0
let lastSequence: i64 = 0
let lastTimestamp: i64 = 0
let durableEnd: i64 = 0
let needed: i64 = 0
let insideBatch: bool = false
let lastControl: u32 = 0
let records: u32 = 0
let frames: u32 = 0

/** Verifies consecutive frames in `[offset, end)` and says why it stopped. Mirrors `scan` of the portable kernel. */
export function scan(offset: u32, end: u32): i32 {
  takeState()
  const salt = load<u64>(inSalt)
  const bytesEnd: i64 = <i64>end + scratchBytes
  const toAddress: i64 = <i64>offset + scratchBytes - position
  let stop = stopEnd
  while (stop == stopEnd && position + toAddress < bytesEnd && position != limit) {
    const at = position + toAddress
    stop = scanFrame(<usize>at, bytesEnd - at, salt)
  }
  leaveState()
  return stop
}

/** Verifies one frame; `stopEnd` means that it was good and the state stands behind it. */
@inline
function scanFrame(at: usize, bytes: i64, salt: u64): i32 {
  const room = limit - position
  if (room < <i64>frameHeaderBytes) return stopHeader
  if (bytes < <i64>frameHeaderBytes) return stopPartial
  const checksum = headerChecksum(at, position, salt)
  if (checksum != storedChecksum(at)) return stopHeader

  const tail = tailOf(at)
  const sequence = load<u64>(at, atSequence)
  const timestamp = load<u64>(at, atTimestamp)
  if (!isKnown(tail) || sequence > sequenceMax || timestamp > sequenceMax) return stopUnsupported
  const payloadBytes = load<u32>(at, atPayloadBytes)
  const size = frameBytes(payloadBytes)
  if (size > room) return stopLimit
  if (!mayFollow(tail, sequence, timestamp)) return stopOrder

  durableEnd = max<i64>(durableEnd, durableEndOf(tail))
  if (size > bytes) {
    needed = size
    return stopPartial
  }
  if (!payloadVerifies(at, <usize>size, payloadBytes, salt)) return stopPayload
  foldChain(tail, checksum)
  advance(tail, size, sequence, timestamp)
  return stopEnd
}

/** Whether a frame of these fields can stand at `position`. As in `src/frame-order.ts`. */
@inline
function mayFollow(tail: u64, sequence: i64, timestamp: i64): bool {
  if (isFinalControl(lastControl)) return false
  if (timestamp < lastTimestamp || durableEndOf(tail) > position) return false
  if (!isControl(tail)) return sequence == lastSequence + 1
  const batch = insideBatch || (flagsOf(tail) & flagBatchContinues) != 0
  return !batch && sequence == lastSequence
}

@inline
function payloadVerifies(at: usize, size: usize, payloadBytes: u32, salt: u64): bool {
  const odd = payloadBytes & 7
  if (odd != 0 && load<u64>(at + size - 8) >> (odd << 3) != 0) return false
  return xxh64(at + frameHeaderBytes, payloadBytes, salt) == load<u64>(at, atPayloadChecksum)
}

@inline
function advance(tail: u64, size: i64, sequence: i64, timestamp: i64): void {
  position += size
  lastSequence = sequence
  lastTimestamp = timestamp
  insideBatch = (flagsOf(tail) & flagBatchContinues) != 0
  lastControl = isControl(tail) ? typeOf(tail) : 0
  frames += 1
  if (!isControl(tail)) records += 1
  // A MARK is overwritten by whatever comes next.
  if (!insideBatch && lastControl != controlMark) unitPosition = position
}

function takeState(): void {
  position = <i64>load<f64>(inPosition)
  unitPosition = <i64>load<f64>(inUnitPosition)
  limit = <i64>load<f64>(inLimit)
  lastSequence = <i64>load<f64>(inLastSequence)
  lastTimestamp = <i64>load<f64>(inLastTimestamp)
  durableEnd = <i64>load<f64>(inDurableEnd)
  insideBatch = load<u32>(inInsideBatch) != 0
  lastControl = load<u32>(inLastControl)
  needed = 0
  records = 0
  frames = 0
}

function leaveState(): void {
  store<f64>(inPosition, <f64>position)
  store<f64>(inUnitPosition, <f64>unitPosition)
  store<f64>(inLastSequence, <f64>lastSequence)
  store<f64>(inLastTimestamp, <f64>lastTimestamp)
  store<f64>(inDurableEnd, <f64>durableEnd)
  store<f64>(inNeeded, <f64>needed)
  store<u32>(inInsideBatch, insideBatch)
  store<u32>(inLastControl, lastControl)
  store<u32>(inRecords, records)
  store<u32>(inFrames, frames)
}
