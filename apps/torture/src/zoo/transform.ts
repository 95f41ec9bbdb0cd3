import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Edit, Mutant } from './mutant.ts'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))

const entry = fileURLToPath(new URL('entry.ts', import.meta.url))

/** The text with the edit made. @throws Error naming the mutant unless what it looks for is there exactly once. */
export function applyEdit(text: string, { file, find, replace }: Edit, mutant: string): string {
  const places = find === '' ? 0 : text.split(find).length - 1
  if (places !== 1) {
    const found = places === 0 ? 'is not there any more' : `is there ${places} times`
    throw new Error(`mutant ${mutant} no longer applies: what it changes ${found} in ${file}: ${JSON.stringify(find)}`)
  }
  if (find === replace) throw new Error(`mutant ${mutant} changes nothing in ${file}`)
  // A function, or `$` in the replacement would mean something.
  return text.replace(find, () => replace)
}

function pathOf(file: string): string {
  return file.startsWith('apps/') ? join(repository, file) : join(repository, 'packages', file)
}

/** The files that a mutant changes, as they become, by the paths that its edits give. */
export function mutate({ name, edits }: Pick<Mutant, 'name' | 'edits'>): Map<string, string> {
  const files = new Map<string, string>()
  for (const edit of edits) {
    const { file } = edit
    const before = files.get(file) ?? readFileSync(pathOf(file), 'utf8')
    files.set(file, applyEdit(before, edit, name))
  }
  return files
}

export interface Bundle {
  /** A module that plain Node runs. */
  readonly path: string
  remove(): void
}

/** Bundles the torture with everything it tortures, from source, with the mutant's changes in it. */
export async function bundleMutant(mutant: Pick<Mutant, 'name' | 'edits'>): Promise<Bundle> {
  const pending = mutate(mutant)
  const directory = mkdtempSync(join(tmpdir(), 'varve-zoo-'))
  const remove = (): void => { rmSync(directory, { recursive: true, force: true }) }
  const path = join(directory, 'mutant.mjs')
  try {
    await build({
      entryPoints: [entry],
      outfile: path,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@varve/source'],
      logLevel: 'silent',
      plugins: [replacing(pending)],
    })
    const [unused] = pending.keys()
    if (unused !== undefined) throw new Error(`mutant ${mutant.name} changes ${unused}, which the torture never loads`)
    return { path, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Gives esbuild the changed texts in place of the files; what was given is taken out of `pending`. */
function replacing(pending: Map<string, string>): Plugin {
  const files = new Map([...pending.keys()].map((file) => [pathOf(file), file]))
  return {
    name: 'mutant',
    setup(building) {
      building.onLoad({ filter: /[\\/](packages|apps)[\\/].*\.ts$/ }, ({ path }) => {
        const file = files.get(path) ?? ''
        const contents = pending.get(file)
        if (contents === undefined) return undefined
        pending.delete(file)
        return { contents, loader: 'ts' }
      })
    },
  }
}
