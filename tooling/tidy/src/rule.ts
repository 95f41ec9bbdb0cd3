/** A text file of the repository. `path` is relative to its root, with forward slashes. */
export interface TextFile {
  readonly path: string
  readonly lines: readonly string[]
}

export interface Finding {
  /** From 1. */
  readonly line: number
  readonly message: string
}

export interface Rule {
  readonly name: string
  /** Which files it is about. */
  readonly applies: (path: string) => boolean
  /** `paths` are all files of the repository. */
  readonly find: (file: TextFile, paths: ReadonlySet<string>) => readonly Finding[]
}

/** One finding for every line of which `isBad` holds. */
export function eachLine(message: string, isBad: (line: string) => boolean): Rule['find'] {
  return ({ lines }) => lines.flatMap((text, index) => (isBad(text) ? [{ line: index + 1, message }] : []))
}

/** One finding, on the first line, if `isBad` holds of the file. */
export function wholeFile(message: string, isBad: (file: TextFile) => boolean): Rule['find'] {
  return (file) => (isBad(file) ? [{ line: 1, message }] : [])
}
