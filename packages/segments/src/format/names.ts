/** File names. A directory listing is all that is needed to find and order a log. */

export interface SegmentName {
  readonly name: string
  readonly index: number
  readonly firstSequence: number
}

/** What the files of a directory are, by their names alone. */
export interface NamedFiles {
  /** By index, then by first sequence. */
  readonly segments: readonly SegmentName[]
  readonly spares: readonly string[]
  readonly checkpoints: readonly string[]
  readonly quarantined: readonly string[]
  /** What repairs wrote down of themselves, oldest first. */
  readonly repairs: readonly string[]
  /** Whether the directory holds a replica. */
  readonly isReplica: boolean
  /** Files that are not the log's; it never touches them. Locks and unfinished checkpoints do not count. */
  readonly foreign: readonly string[]
}

const segmentPattern = /^([0-9a-f]{8})-([0-9a-f]{16})\.varve$/
const sparePattern = /^spare-[0-9a-f]{8}\.varve$/
const lockPattern = /^lock-[0-9a-f]+$/
/** The file that makes a directory a replica, and says how much of it is synced. */
export const positionFileName = 'replica.position'

const checkpointPattern = /^[0-9a-f]{16}\.checkpoint$/
/** A checkpoint that is being written: like a spare, it says nothing of a log that is not there. */
const unfinishedPattern = /^[0-9a-f]{16}\.checkpoint\.new$/
/** The history of one repair, by the epoch of who made it. */
const repairPattern = /^[0-9a-f]{16}\.repair$/
/** What others than the log make and remove. */
const passing = [lockPattern, unfinishedPattern]

export function segmentName(index: number, firstSequence: number): string {
  return `${hex(index, 8)}-${hex(firstSequence, 16)}.varve`
}

export function spareName(number: number): string {
  return `spare-${hex(number, 8)}.varve`
}

/**
 * The name under which a writer puts the `number`th file that it recycles. It differs from all that its successor
 * gives: a writer that was taken for dead and wakes up must not put its file in the place of another's.
 */
export function recycledName(epoch: number, number: number): string {
  return spareName(0x8000_0000 + (epoch % 0x8000) * 0x1_0000 + (number % 0x1_0000))
}

/** The name of the history of the repair with that epoch. */
export function repairName(epoch: number): string {
  return `${hex(epoch, 16)}.repair`
}

export function sortNames(names: readonly string[]): NamedFiles {
  const segments: SegmentName[] = []
  const spares: string[] = []
  const checkpoints: string[] = []
  const quarantined: string[] = []
  const repairs: string[] = []
  const foreign: string[] = []
  for (const name of names) {
    const segment = parseSegmentName(name)
    if (segment !== undefined) segments.push(segment)
    else if (sparePattern.test(name)) spares.push(name)
    else if (checkpointPattern.test(name)) checkpoints.push(name)
    else if (name.endsWith('.quarantined')) quarantined.push(name)
    else if (repairPattern.test(name)) repairs.push(name)
    else if (name !== positionFileName && !passing.some((pattern) => pattern.test(name))) foreign.push(name)
  }
  segments.sort((a, b) => a.index - b.index || a.firstSequence - b.firstSequence)
  const isReplica = names.includes(positionFileName)
  repairs.sort()
  return { segments, spares, checkpoints, quarantined, repairs, isReplica, foreign }
}

function parseSegmentName(name: string): SegmentName | undefined {
  const match = segmentPattern.exec(name)
  if (match === null) return undefined
  const index = Number.parseInt(match[1] as string, 16)
  const firstSequence = Number.parseInt(match[2] as string, 16)
  // A number beyond the safe integers was not written by this code, nor was index or sequence zero.
  if (index < 1 || firstSequence < 1 || !Number.isSafeInteger(firstSequence)) return undefined
  return { name, index, firstSequence }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
