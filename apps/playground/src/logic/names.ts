/** Directories and a file in the origin-private file system. */
export const logDirectory = 'varve-playground'
export const benchDirectory = 'varve-playground-bench'
export const rawFile = 'varve-playground-raw'

/** Small, so that something happens. */
export const segmentBytes = 65_536
/** From so many segments on nothing more is appended: reclaim first. */
export const segmentsMax = 256
/** How many appends of one turn a burst is. */
export const burstRecords = 1024
/** By so many those who are measured take turns: a disk that has a slow moment has it for all. */
export const turnRecords = 25
/** How often a burst is measured; odd. */
export const burstTurns = 5
/** Of the logs that are measured: large, so that no rotation is measured with them. */
export const benchSegmentBytes = 16 * 2 ** 20
