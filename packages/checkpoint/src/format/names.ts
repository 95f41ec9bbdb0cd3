/** File names: what is a checkpoint, and of which record, is told by its name alone. */

const checkpointPattern = /^([0-9a-f]{16})\.checkpoint$/
const unfinishedPattern = /^[0-9a-f]{16}\.checkpoint\.new$/

/** The name of the checkpoint of the state after record `sequence`. */
export function checkpointName(sequence: number): string {
  return `${sequence.toString(16).padStart(16, '0')}.checkpoint`
}

/** What it is called until it is whole and durable. */
export function unfinishedName(sequence: number): string {
  return `${checkpointName(sequence)}.new`
}

/** A file that has the name of a checkpoint. */
export interface NamedCheckpoint {
  readonly sequence: number
  readonly name: string
}

/** The files of a directory that concern checkpoints, oldest first. */
export interface CheckpointFiles {
  readonly checkpoints: readonly NamedCheckpoint[]
  /** What a publish that was interrupted left behind; of no meaning. */
  readonly unfinished: readonly string[]
}

export function sortCheckpointNames(names: readonly string[]): CheckpointFiles {
  const sorted = [...names].sort()
  const checkpoints = sorted.flatMap((name) => {
    const sequence = Number.parseInt(checkpointPattern.exec(name)?.[1] ?? '', 16)
    // A number beyond the safe integers was not written by this code.
    return Number.isSafeInteger(sequence) ? [{ sequence, name }] : []
  })
  return { checkpoints, unfinished: sorted.filter((name) => unfinishedPattern.test(name)) }
}
