/*
 * XXH64 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md) on the 64-bit integers of WebAssembly, over memory
 * that it is called with: nothing is copied, nothing is allocated.
 */

const prime1: u64 = 0x9e3779b185ebca87
const prime2: u64 = 0xc2b2ae3d27d4eb4f
const prime3: u64 = 0x165667b19e3779f9
const prime4: u64 = 0x85ebca77c2b2ae63
const prime5: u64 = 0x27d4eb2f165667c5

/** A stripe is a word of eight bytes for each of four lanes. */
const stripeBytes: u32 = 32

@inline
function round(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * prime2, 31) * prime1
}

@inline
function mergeLane(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * prime1 + prime4
}

function joinLanes(one: u64, two: u64, three: u64, four: u64): u64 {
  const sum = rotl<u64>(one, 1) + rotl<u64>(two, 7) + rotl<u64>(three, 12) + rotl<u64>(four, 18)
  return mergeLane(mergeLane(mergeLane(mergeLane(sum, one), two), three), four)
}

@inline
function mixHalf(hash: u64, half: u32): u64 {
  return rotl<u64>(hash ^ ((<u64>half) * prime1), 23) * prime2 + prime3
}

@inline
function avalanche(hash: u64): u64 {
  const first = (hash ^ (hash >> 33)) * prime2
  const second = (first ^ (first >> 29)) * prime3
  return second ^ (second >> 32)
}

/** XXH64 of `length` bytes at `at`. */
export function xxh64(at: usize, length: u32, seed: u64): u64 {
  const end = at + length
  let hash = seed + prime5
  if (length >= stripeBytes) {
    let one = seed + prime1 + prime2
    let two = seed + prime2
    let three = seed
    let four = seed - prime1
    const lastStripe = end - stripeBytes
    do {
      one = round(one, load<u64>(at))
      two = round(two, load<u64>(at, 8))
      three = round(three, load<u64>(at, 16))
      four = round(four, load<u64>(at, 24))
      at += stripeBytes
    } while (at <= lastStripe)
    hash = joinLanes(one, two, three, four)
  }
  hash += length
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * prime1 + prime4
  if (at + 4 <= end) {
    hash = mixHalf(hash, load<u32>(at))
    at += 4
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * prime5), 11) * prime1
  return avalanche(hash)
}

/** The same for the 36 bytes that a header checksum covers, one stripe and one half, without a loop or a branch. */
export function xxh64OfHeader(at: usize, seed: u64): u64 {
  const one = round(seed + prime1 + prime2, load<u64>(at))
  const two = round(seed + prime2, load<u64>(at, 8))
  const three = round(seed, load<u64>(at, 16))
  const four = round(seed - prime1, load<u64>(at, 24))
  return avalanche(mixHalf(joinLanes(one, two, three, four) + 36, load<u32>(at, stripeBytes)))
}
