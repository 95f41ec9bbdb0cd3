import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readManifest } from './manifest.ts'

/**
 * Runs a tool of the root's devDependencies and tells whether it succeeded. It runs on the Node that runs this
 * process, so `node24 tooling/gate/src/main.ts` and `node26 …` check two versions of Node.
 */
export function tool(packageName: string, ...args: string[]): boolean {
  return script(commandFile(packageName), ...args)
}

/** The same for a tool that has much to say when all is well: what it prints is shown only if it fails. */
export function quietTool(packageName: string, ...args: string[]): boolean {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandFile(packageName), ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) console.log(stdout + stderr)
  return status === 0
}

/** Runs a script with the Node that runs this process. */
export function script(file: string, ...args: string[]): boolean {
  return spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status === 0
}

/** Runs pnpm at the version that the root's package.json pins. */
export function pnpm(...args: string[]): boolean {
  const { packageManager = 'pnpm' } = readManifest('.')
  const env = { ...process.env, npm_config_loglevel: 'error', TURBO_TELEMETRY_DISABLED: '1' }
  const shell = process.platform === 'win32'
  return spawnSync('npx', ['--yes', packageManager, ...args], { stdio: 'inherit', env, shell }).status === 0
}

function commandFile(packageName: string): string {
  const directory = join('node_modules', packageName)
  const { bin } = readManifest(directory)
  const file = typeof bin === 'object' ? Object.values(bin)[0] : bin
  if (file === undefined) throw new Error(`${packageName} has no command`)
  return join(directory, file)
}
