import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Inputs that are kept in the repository, in a folder for each target. */
export const corpusFolder: string = fileURLToPath(new URL('../../../fixtures/corpus/', import.meta.url))

export interface CorpusEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

export function readCorpus(target: string, folder: string = corpusFolder): readonly CorpusEntry[] {
  const directory = join(folder, target)
  if (!existsSync(directory)) return []
  const names = readdirSync(directory).filter((name) => name.endsWith('.bin')).sort()
  return names.map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(directory, name))) }))
}

/** Writes an input, named by what it shows; returns the path. */
export function addToCorpus(target: string, shows: string, bytes: Uint8Array, folder: string = corpusFolder): string {
  const directory = join(folder, target)
  mkdirSync(directory, { recursive: true })
  const slug = shows.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 64)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  const path = join(directory, `${slug}-${hash}.bin`)
  writeFileSync(path, bytes)
  return path
}
