import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exclusions } from './exclusions.ts'
import { root } from './paths.ts'

/** Whose tests say how the node adapter, recovery and everything between them behave. */
const packages = ['storage-node', 'segments', 'checkpoint', 'varve', 'codec'] as const

/** All test files that run on other runtimes, by their paths below the root, sorted. */
export function testFiles(): string[] {
  const patterns = packages.map((name) => `packages/${name}/test/**/*.test.ts`)
  return globSync(patterns, { cwd: root }).filter((file) => exclusions[file] === undefined).sort()
}

/** How a file names a script beside it that it starts as a process. */
export const scriptUrl = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g

/** Scripts that tests and the torture start as processes of their own, by their paths below the root. */
export function startedScripts(): string[] {
  const patterns = [...packages.map((name) => `packages/${name}/test/**/*.ts`), 'apps/torture/src/real/*.ts']
  return globSync(patterns, { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(scriptUrl)].map(([, script = '']) => join(dirname(file), script))
  })
}
