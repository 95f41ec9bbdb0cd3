import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'

/** What test files may read: golden files, and the page that shows the bytes. */
const shelved = ['fixtures/format-1', 'fixtures/copies-1', 'docs/FORMAT.md']

/** The source of a module with the contents of the files that tests may read. */
export function shelfModule(root: string): string {
  const paths = shelved.flatMap((path) => filesIn(root, path))
  const entries = paths.map((path) => [`/${path}`, readFileSync(join(root, path), 'base64')])
  return `export const shelf = ${JSON.stringify(Object.fromEntries(entries))}`
}

function filesIn(root: string, path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path]
  const entries = readdirSync(join(root, path), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1).replaceAll(sep, '/')).sort()
}
