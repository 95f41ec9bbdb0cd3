import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from './arguments.ts'

/** A text as the records that it becomes. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string
  /** Its lines, without their line feeds, byte for byte. At least one. */
  readonly lines: readonly Uint8Array<ArrayBuffer>[]
  readonly longestLineBytes: number
}

/** The whole text is held in memory, by the parent and by each child. */
const sourceBytesMax = 256 * 1024 * 1024

/** @throws UsageError when it cannot be read, is too large, or has no line. */
export function readSourceFile(file: string): SourceFile {
  const path = resolve(file)
  const lines = splitLines(readBytes(path))
  if (lines.length === 0) throw new UsageError(`${path} is empty`)
  return { path, lines, longestLineBytes: lines.reduce((longest, line) => Math.max(longest, line.length), 0) }
}

function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    const { size } = statSync(path)
    if (size > sourceBytesMax) throw new UsageError(`${path} has ${size} bytes; at most ${sourceBytesMax} will do`)
    return readFileSync(path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`cannot read ${path}: ${String(error)}`)
  }
}

/** What follows the last line feed is a line too, unless it is empty. */
function splitLines(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const lines: Uint8Array<ArrayBuffer>[] = []
  for (let from = 0; from < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, from)
    const end = feed === -1 ? bytes.length : feed
    lines.push(bytes.subarray(from, end))
    from = end + 1
  }
  return lines
}

/** The largest text among the files that Git tracks below `root`; without Git, among all that look like sources. */
export function largestText(root: string): string {
  const candidates = (trackedFiles(root) ?? filesBelow(root))
    .map((path) => ({ path, size: sizeOf(path) }))
    .filter(({ size }) => size > 0 && size <= sourceBytesMax)
    .sort((one, other) => other.size - one.size)
  const text = candidates.find(({ path }) => isText(path))
  if (text === undefined) throw new UsageError(`there is no text below ${root}; name a FILE`)
  return text.path
}

function trackedFiles(root: string): string[] | undefined {
  const { status, stdout } = spawnSync('git', ['-C', root, 'ls-files', '-z'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) return undefined
  const names = stdout.split('\0').filter((name) => name !== '')
  return names.length === 0 ? undefined : names.map((name) => join(root, name))
}

/** What is installed or built, and so is nobody's source. */
const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', 'temp'])

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isFile()) return [path]
    return entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name) ? filesBelow(path) : []
  })
}

/** A tracked file may have been removed since, or be a link to nowhere. */
function sizeOf(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false })
  return facts?.isFile() === true ? facts.size : 0
}

/** As Git sees it: no text has a zero byte. */
function isText(path: string): boolean {
  return !readFileSync(path).includes(0)
}
