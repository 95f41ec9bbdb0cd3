// From nothing but Node and npm to a running script: `node tooling/fresh/run.mjs <script> [arguments]`.
// Installs what the lockfile names if that has not been done yet, then runs a script of package.json with the
// Node that the lockfile pins. Plain JavaScript without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const stamp = join(root, 'node_modules', '.varve-lockfile')
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs pnpm at the pinned version, and ends this process if it fails. */
function pnpm(...args) {
  // npm's own settings would reach the inner npx through the environment; its noise would hide ours.
  const env = { ...process.env, npm_config_loglevel: 'error', npm_config_update_notifier: 'false' }
  const options = { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' }
  const { status, error } = spawnSync('npx', ['--yes', packageManager, ...args], options)
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function installedLockfile() {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return undefined
  }
}

const lockfile = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml'))).digest('hex')
if (installedLockfile() !== lockfile) {
  pnpm('install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error')
  writeFileSync(stamp, lockfile)
}
pnpm('--silent', 'run', ...process.argv.slice(2))
