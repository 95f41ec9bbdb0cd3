import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export const browserNames = ['chromium', 'firefox'] as const
export type BrowserName = (typeof browserNames)[number]

/** Names of the programs, the most likely first; the environment may name another one. */
const programs: Readonly<Record<BrowserName, { readonly variable: string; readonly names: readonly string[] }>> = {
  chromium: { variable: 'CHROMIUM', names: ['chromium', 'chromium-browser', 'google-chrome'] },
  firefox: { variable: 'FIREFOX', names: ['firefox', 'firefox-esr'] },
}

/** The program of a browser: what CHROMIUM or FIREFOX names, or the first on PATH. Undefined if there is none. */
export function findBrowser(name: BrowserName, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { variable, names } = programs[name]
  const named = environment[variable]
  if (named !== undefined && named !== '') return named
  const directories = (environment.PATH ?? '').split(delimiter)
  return names.flatMap((each) => directories.map((directory) => join(directory, each))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
