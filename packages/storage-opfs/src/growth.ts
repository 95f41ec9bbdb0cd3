/** So many files of a pool have to be free. */
export const freeMin = 2
/** A pool grows by no fewer files than these. */
export const growByMin = 4
const share = 0.5

/**
 * How many files a pool of so many grows by, ahead of need: half of what it has. By a share, because files age
 * together: a log that is written to fast gives nothing up as long as one of its files is young, and a pool that grew
 * by a few at a time would always have a young one. As it is, each growth lasts longer than the one before, at last
 * longer than a file stays young; then all of them are old, segments are given up, and their files used again.
 */
export function growthOf(files: number): number {
  return Math.max(growByMin, Math.ceil(files * share))
}
