import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { temporary } from './paths.ts'

/** A runtime that everything is to run on. */
export interface KnownRuntime {
  /** What `--on` calls it. */
  readonly name: string
  /** The words that start a script on it, fetched if need be. @throws Error if it cannot be had. */
  readonly command: () => readonly string[]
}

const platform = process.platform === 'win32' ? 'win' : process.platform
const nodePackage = `node-${platform}-${process.arch}`

export const knownRuntimes: readonly KnownRuntime[] = [
  { name: 'node20', command: () => [ownNode(20) ?? fetched(`${nodePackage}@20.20.2`, 'node')] },
  { name: 'node22', command: () => [fetched(`${nodePackage}@22.23.3`, 'node')] },
  // The one that the lockfile pins, when a script of package.json or the gate starts this.
  { name: 'node24', command: () => [process.execPath] },
  { name: 'node26', command: () => [fetched(`${nodePackage}@26.12.1`, 'node')] },
  { name: 'bun', command: () => [fetched('bun@1.4.5', 'bun')] },
  { name: 'deno', command: () => [fetched('deno@2.9.6', 'deno'), 'run', '--allow-all'] },
]

/** The Node that the machine brings along, if it is that old: not one that a package brought. */
function ownNode(major: number): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((each) => !each.includes('node_modules'))
  const file = platform === 'win' ? 'node.exe' : 'node'
  return directories.map((directory) => join(directory, file)).find((node) => {
    return existsSync(node) && spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.startsWith(`v${major}.`)
  })
}

/** Where no registry answers, it is soon known: by default npm goes on trying for more than a minute. */
const briefly = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000', '--fetch-timeout=60000']

/** Path of a command of a package, which is installed apart from this repository unless that was done before. */
function fetched(specifier: string, name: string): string {
  const directory = join(temporary, 'runtimes', specifier)
  const shell = platform === 'win'
  const path = join(directory, 'node_modules', '.bin', shell ? `${name}.cmd` : name)
  if (existsSync(path)) return path
  mkdirSync(directory, { recursive: true })
  const words = ['install', '--prefix', directory, '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, stderr, error } = spawnSync('npm', [...words, ...briefly, specifier], {
    encoding: 'utf8',
    shell,
    timeout: 300_000,
  })
  if (status === 0 && existsSync(path)) return path
  throw new Error(`${specifier} could not be installed: ${error?.message ?? stderr.trim().slice(0, 500)}`)
}
