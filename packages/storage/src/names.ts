import { VarveError } from '@varve/codec'

/** Longest file name in bytes that every file system in use accepts. */
const maxNameBytes = 255

/** Letters, digits, dot, underscore and hyphen: no separator, no space, nothing a platform might fold or escape. */
const plainName = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/

/**
 * Refuses a name that is not plain: 1 to 255 of `[A-Za-z0-9._-]` without a leading dot. Every adapter calls it first in
 * `open`, `rename` and `remove`, so that a name can neither leave the directory nor mean different files on different
 * platforms.
 *
 * @throws VarveError `INVALID_ARGUMENT`. Nothing was changed.
 *
 * @example
 * ```ts
 * checkFileName('00000001-0000000000000001.varve') // fine
 * checkFileName('../passwd') // throws INVALID_ARGUMENT
 * ```
 */
export function checkFileName(name: string): void {
  if (name.length <= maxNameBytes && plainName.test(name)) return
  throw new VarveError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(name)} is not a file name: use 1 to ${maxNameBytes} of A-Z a-z 0-9 . _ - without a leading dot`,
    { file: name },
  )
}
