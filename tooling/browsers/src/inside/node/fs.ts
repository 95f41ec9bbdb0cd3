// `node:fs` for golden tests: it shows the files of the repository that were bundled (`bundle/shelf.ts`), read-only.
import { Buffer } from 'buffer'
import { join } from './path.ts'
import { shelf } from './shelf.ts'

function contentOf(path: string): string {
  const content = shelf[join(path)]
  if (content === undefined) throw new Error(`ENOENT: ${path} is not among the files that were bundled`)
  return content
}

export function readFileSync(path: string, encoding?: 'utf8' | 'base64'): unknown {
  const bytes = Buffer.from(contentOf(path), 'base64')
  return encoding === undefined ? bytes : bytes.toString(encoding)
}

export function existsSync(path: string): boolean {
  return join(path) in shelf || namesIn(path).length > 0
}

interface ListingOptions {
  readonly recursive?: boolean
}

/** Of folders within it, a recursive listing has the files alone. */
export function readdirSync(path: string, { recursive = false }: ListingOptions = {}): readonly string[] {
  const names = recursive ? pathsBelow(path) : namesIn(path)
  if (names.length === 0) throw new Error(`ENOENT: ${path} is not among the folders that were bundled`)
  return names
}

function pathsBelow(path: string): readonly string[] {
  const folder = `${join(path)}/`
  return Object.keys(shelf).filter((each) => each.startsWith(folder)).map((each) => each.slice(folder.length))
}

function namesIn(path: string): readonly string[] {
  return [...new Set(pathsBelow(path).map((each) => each.split('/')[0] ?? ''))].sort()
}

/** A `*` is any part of a name, `{a,b}` is one of both. */
export function globSync(pattern: string, { cwd }: { readonly cwd: string }): readonly string[] {
  const expression = pattern
    .replaceAll('.', '[.]')
    .replaceAll('*', '[^/]*')
    .replaceAll(/\{([^}]*)\}/g, (_all, names: string) => `(${names.replaceAll(',', '|')})`)
  const matches = new RegExp(`^${expression}$`)
  return pathsBelow(cwd).filter((each) => matches.test(each))
}

function readOnly(): never {
  throw new Error('the files of the repository cannot be changed from a browser')
}

export { readOnly as mkdirSync, readOnly as writeFileSync }
