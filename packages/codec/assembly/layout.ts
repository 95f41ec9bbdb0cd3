/** The numbers of format 1 that the kernel needs, as in `src/layout.ts`: this language cannot import that file. */

export const frameHeaderBytes: u32 = 40
export const frameAlignment: u32 = 8
export const frameVersion: u64 = 1
export const sequenceMax: u64 = 0x1f_ffff_ffff_ffff

/** Where each field of a frame header stands. The last 64 bits are read at once, see `tail`. */
export const atHeaderChecksum: u32 = 0
export const atPayloadBytes: u32 = 4
export const atSequence: u32 = 8
export const atTimestamp: u32 = 16
export const atPayloadChecksum: u32 = 24
export const atTail: u32 = 32
export const atVersion: u32 = 39

export const flagControl: u32 = 1
export const flagBatchContinues: u32 = 2
export const flagsKnown: u32 = 3

export const controlSeal: u32 = 1
export const controlMark: u32 = 6
export const controlTypeMax: u32 = 6

/** Why a scan stopped, as `scanStop` in `src/kernel.ts`. */
export const stopEnd: i32 = 0
export const stopPartial: i32 = 1
export const stopHeader: i32 = 2
export const stopPayload: i32 = 3
export const stopUnsupported: i32 = 4
export const stopOrder: i32 = 5
export const stopLimit: i32 = 6

/** The bytes in front of the kernel's memory, as in `src/webassembly-kernel.ts`, and what stands where in them. */
export const scratchBytes: u32 = 128
export const inPosition: usize = 0
export const inUnitPosition: usize = 8
export const inLimit: usize = 16
export const inLastSequence: usize = 24
export const inLastTimestamp: usize = 32
export const inDurableEnd: usize = 40
export const inNeeded: usize = 48
export const inInsideBatch: usize = 56
export const inLastControl: usize = 60
export const inRecords: usize = 64
export const inFrames: usize = 68
export const inChainLow: usize = 72
export const inChainHigh: usize = 76
export const inSalt: usize = 80
