import { foldChain, frameBytes, headerChecksum, tailOf, versionOf } from './frame'
import {
  atHeaderChecksum,
  atPayloadBytes,
  atPayloadChecksum,
  atTail,
  frameHeaderBytes,
  frameVersion,
  inPosition,
  inSalt,
  scratchBytes,
} from './layout'
import { xxh64 } from './xxh64'

/**
 * Completes all staged frames in `[offset, end)`. Where the first of them will stand in the file is in the scratch
 * area; so is the chain digest, before and afterwards. Returns the number of frames or, where no whole staged frame
 * stands, the complement of that offset.
 */
export function seal(offset: u32, end: u32, durableEndInWords: u32): i32 {
  const salt = load<u64>(inSalt)
  const stop: usize = end + scratchBytes
  let at: usize = offset + scratchBytes
  let filePosition = <i64>load<f64>(inPosition)
  let frames = 0
  for (; at < stop; frames++) {
    const room = <i64>stop - at
    if (room < <i64>frameHeaderBytes) break
    const payloadBytes = load<u32>(at, atPayloadBytes)
    const size = frameBytes(payloadBytes)
    if (size > room || versionOf(tailOf(at)) != frameVersion) break
    store<u32>(at, durableEndInWords, atTail)
    store<u64>(at, xxh64(at + frameHeaderBytes, payloadBytes, salt), atPayloadChecksum)
    const checksum = headerChecksum(at, filePosition, salt)
    store<u32>(at, checksum, atHeaderChecksum)
    foldChain(tailOf(at), checksum)
    at += <usize>size
    filePosition += size
  }
  return at < stop ? ~(<i32>(at - scratchBytes)) : frames
}
