import { VarveError, type VarveErrorCode } from '@varve/codec'

/** Where something went wrong; becomes the context of the error. */
export interface Place {
  /** What was being done, a verb: `read`, `write`, `flush`. */
  readonly operation: string
  /** Name of the file as the log knows it, or of the physical one where it has no other. */
  readonly file: string
  /** In bytes. */
  readonly position?: number
}

interface Meaning {
  readonly code: VarveErrorCode
  readonly advice: string
}

const full = 'the quota of the site or the disk is full: make room, then open the log again'
const unknownFailure: Meaning = { code: 'IO', advice: 'the cause has what the browser said' }

/**
 * What the names of thrown things mean. By name, because one browser throws what is neither an `Error` nor a
 * `DOMException`. Everything that is not listed is `IO`.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  QuotaExceededError: { code: 'NO_SPACE', advice: full },
  NotFoundError: { code: 'NOT_FOUND', advice: 'it is gone: the data of the site may have been cleared' },
  NoModificationAllowedError: { code: 'LOCKED', advice: 'another tab or worker has it open: close it there' },
  InvalidStateError: { code: 'IO', advice: 'the device failed, or the data of the site was cleared; open it again' },
  SecurityError: {
    code: 'UNSUPPORTED',
    advice: 'the browser keeps no files here: private windows and blocked cookies do that; pass another storage',
  },
  NotAllowedError: { code: 'UNSUPPORTED', advice: 'the browser does not allow it here; pass another storage' },
}

/** The error for something that the browser threw. */
export function thrown(place: Place, error: unknown): VarveError {
  const name = nameOf(error)
  const { code, advice } = meanings[name] ?? unknownFailure
  const reason = name === '' ? String(error) : name
  return new VarveError(code, `${describe(place)} failed with ${reason}: ${advice}`, { ...place, reason }, error)
}

/** The error for a call that the browser refused for want of room, whatever it threw or returned. */
export function noRoom(place: Place, seen: string, cause?: unknown): VarveError {
  return new VarveError('NO_SPACE', `${describe(place)} ${seen}: ${full}`, { ...place }, cause)
}

/** The error for a call that claims success and contradicts itself. */
export function brokenPromise(place: Place, seen: string): VarveError {
  return new VarveError('IO', `${describe(place)} ${seen}: check the device, then open the log again`, { ...place })
}

/** The `name` of whatever was thrown; the empty string when it has none. */
export function nameOf(error: unknown): string {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined
  return typeof name === 'string' ? name : ''
}

function describe(place: Place): string {
  return `${place.operation} of ${place.file}${place.position === undefined ? '' : ` at ${place.position}`}`
}
