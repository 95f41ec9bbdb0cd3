import { VarveError, type VarveErrorCode } from '@varve/codec'

/** Where something went wrong; becomes the context of the error. */
export interface Place {
  /** What was being done, a verb: `read`, `write`, `sync`. */
  readonly operation: string
  /** Name of the file, or path of the directory. */
  readonly file: string
  /** In bytes. */
  readonly position?: number
}

interface Meaning {
  readonly code: VarveErrorCode
  readonly advice: string
}

const unknownFailure: Meaning = { code: 'IO', advice: 'the cause has what the operating system said' }
const full = 'make room, then open the log again'
const tooManyFiles = 'close files or raise the limit of open files (ulimit -n)'
const forbidden = 'give this process the right to read and write there'

/** What each error number means to the caller. Everything that is not listed is `IO`. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: { code: 'NO_SPACE', advice: `the disk is full: ${full}` },
  EDQUOT: { code: 'NO_SPACE', advice: `the quota is used up: ${full}` },
  ENOENT: { code: 'NOT_FOUND', advice: 'there is no such file or directory' },
  EEXIST: { code: 'EXISTS', advice: 'a file of that name is there already' },
  ERR_INVALID_ARG_VALUE: { code: 'INVALID_ARGUMENT', advice: 'the path is not valid' },
  EIO: { code: 'IO', advice: 'the device failed: check it, then open the log again' },
  EROFS: { code: 'IO', advice: 'the file system is read-only; after an error of the device, check it and mount again' },
  EMFILE: { code: 'IO', advice: `this process has too many open files: ${tooManyFiles}` },
  ENFILE: { code: 'IO', advice: `the system has too many open files: ${tooManyFiles}` },
  EACCES: { code: 'IO', advice: `permission denied: ${forbidden}` },
  EPERM: { code: 'IO', advice: `not permitted: ${forbidden}, and make sure no other program has the file open` },
  EBUSY: { code: 'IO', advice: 'another program uses the file: close it there' },
  EFBIG: { code: 'IO', advice: 'the file would be larger than the file system or the limits of this process allow' },
  ENOTDIR: { code: 'IO', advice: 'a part of the path is a file, not a directory' },
  EISDIR: { code: 'IO', advice: 'there is a directory of that name' },
}

/** The `code` of an error of Node, such as `ENOENT`; the empty string when it has none. */
export function errnoOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** The error for a failed system call. */
export function systemFailure(place: Place, error: unknown): VarveError {
  const errno = errnoOf(error)
  const { code, advice } = meanings[errno] ?? unknownFailure
  const reason = errno === '' ? String(error) : errno
  return new VarveError(code, `${describe(place)} failed with ${reason}: ${advice}`, { ...place, errno }, error)
}

/** The error for a system call that claims success and contradicts itself. */
export function brokenPromise(place: Place, complaint: string): VarveError {
  return new VarveError('IO', `${describe(place)} ${complaint}`, { ...place })
}

function describe(place: Place): string {
  return `${place.operation} of ${place.file}${place.position === undefined ? '' : ` at ${place.position}`}`
}
