import { spawnSync } from 'node:child_process'
import { accessSync, constants, globSync, readFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** The root of this repository. */
export const repository: string = resolve(import.meta.dirname, '..', '..', '..', '..')

/** Runs a command to its end and returns what it printed. Throws, with everything it said, if it fails. */
export function run(cwd: string, command: string, ...args: readonly string[]): string {
  const shell = process.platform === 'win32'
  const env = plainEnvironment()
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env, shell })
  if (error !== undefined) throw error
  if (status === 0) return stdout
  throw new Error(`${[command, ...args].join(' ')} ended with ${String(status)}\n${stdout}${stderr}`)
}

/** Without what a test runner, pnpm or npm left there: it would reach the package manager and Node. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(package|lifecycle)_|node_options$|vitest)/i
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  const quiet = { npm_config_loglevel: 'error', npm_config_update_notifier: 'false', TURBO_TELEMETRY_DISABLED: '1' }
  return { ...Object.fromEntries(kept), ...quiet }
}

/** Builds what is not built yet or has changed since, and packs every package into `directory`. */
export function packAll(directory: string): ReadonlyMap<string, string> {
  const { packageManager } = readJson(join(repository, 'package.json')) as { packageManager: string }
  const pnpm = (...args: string[]): void => {
    run(repository, 'npx', '--yes', packageManager, '--silent', ...args)
  }
  pnpm('exec', 'turbo', 'run', 'build', '--output-logs=errors-only')
  pnpm('--recursive', '--filter', './packages/*', 'pack', '--pack-destination', directory)
  const manifests = globSync(join(repository, 'packages', '*', 'package.json'))
  return new Map(
    manifests.map((file) => {
      const { name, version } = readJson(file) as { name: string; version: string }
      return [name, join(directory, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)]
    }),
  )
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** The Node that the lockfile pins. */
export const pinnedNode: string = join(repository, 'node_modules', 'node', 'bin', 'node')

/** The Node that users of this machine get, whichever runs this test. */
export function machineNode(): string {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'))
  return places.map((place) => join(place, 'node')).find(isExecutable) ?? process.execPath
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
