import type { Metafile } from 'esbuild'
import { replacements } from './platform.ts'

type Inputs = Metafile['inputs']

/** What keeps a file out of the browser. */
export interface Exclusion {
  readonly file: string
  /** The modules of Node that it leads to, and where. */
  readonly because: string
}

/** Modules that nothing in a browser stands in for and that a file leads to, each with who imports it. */
function missingImports(file: string, inputs: Inputs): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const seen = new Set([file])
  for (const path of seen) {
    for (const { path: to, external = false } of inputs[path]?.imports ?? []) {
      if (!external) seen.add(to)
      else if (!(to in replacements)) found.set(to, found.get(to) ?? path)
    }
  }
  return found
}

/** Files among `files` that cannot run in a browser. `textOf` gives their sources. */
export function exclusionsOf(files: readonly string[], inputs: Inputs, textOf: (file: string) => string): Exclusion[] {
  const exclusions: Exclusion[] = []
  for (const file of files) {
    const imports = [...missingImports(file, inputs)].map(([to, by]) => (by === file ? to : `${to} (${by})`)).sort()
    const reasons = textOf(file).includes('vi.mock(') ? [...imports, 'vi.mock'] : imports
    if (reasons.length > 0) exclusions.push({ file, because: reasons.join(', ') })
  }
  return exclusions
}
