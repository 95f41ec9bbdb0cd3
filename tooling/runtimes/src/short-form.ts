/**
 * What the gate leaves out on each runtime: long work on simulated disks, in which no file system has a part. Some
 * of that kind is in the suite `torture`, and all of it runs on the pinned Node in the step `tests`.
 */
const longOnes: readonly RegExp[] = [
  /^packages\/segments\/test\/(crash|damage)\//,
  /^packages\/checkpoint\/test\/young-names\.test\.ts$/,
  /^packages\/varve\/test\/failing-disk\.test\.ts$/,
]

export function isShort(file: string): boolean {
  return !longOnes.some((each) => each.test(file))
}
