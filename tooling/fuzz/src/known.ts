/** Faults that were found and are not mended yet. Each has its input in the corpus, and a test that it still fails. */

export interface KnownFinding {
  readonly target: string
  /** Part of the message of the failure, by which it is told from others. */
  readonly message: string
  readonly why: string
}

export const knownFindings: readonly KnownFinding[] = [
  {
    target: 'record-decoder',
    message: 'a stream yields the records that the decoder does',
    why: 'an error behind whole records of one chunk makes a web stream drop those that were not asked for yet',
  },
  {
    target: 'record-file-forged',
    message: 'something does not end: too many operations',
    why: 'a record file that does not begin with record 1 is opened, and a reader looks for record 1 for ever',
  },
  {
    target: 'record-file-forged',
    message: 'a file that was open is refused when opened again',
    why: 'a file that does not begin with record 1 is rewritten as if it did; behind a SEAL in it one goes on',
  },
  {
    target: 'record-file-forged',
    message: 'INVALID_ARGUMENT: memory.length must be an integer',
    why: 'the length of a frame is believed up to the capacity in the header, not up to what the file holds',
  },
  {
    target: 'record-file-forged',
    message: 'a buffer was made, far above what is there',
    why: 'the same, below the largest memory of a kernel',
  },
  {
    target: 'directory-forged',
    message: 'INVALID_ARGUMENT: limit must be an integer',
    why: 'a cut inside the header block of its predecessor is noted by a read-only open and then used all the same',
  },
  {
    target: 'directory-forged',
    message: 'something does not end: too many operations',
    why: 'a segment that ends before the record its successor begins behind is read over and over',
  },
  {
    target: 'directory-forged',
    message: 'a log that was open is refused when opened again',
    why: 'a born end inside a frame: the hand-over cuts below it, which the next open refuses',
  },
  {
    target: 'record-file-forged',
    message: 'records are missing or out of order',
    why: 'a record file that does not begin with record 1 is taken for one that does',
  },
  {
    target: 'control-payloads',
    message: 'INVALID_ARGUMENT: from is',
    why: 'the floor of a SEAL is not checked to be a sequence number, as that of a FLOOR is',
  },
]

/** The finding that a failure repeats, if it is known. */
export function knownAs(target: string, failure: Error): KnownFinding | undefined {
  return knownFindings.find((known) => known.target === target && failure.message.includes(known.message))
}
