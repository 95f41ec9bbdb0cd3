import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs a script on the runtime of this process, and returns what it told. */
export function runChild(script: URL, orders: unknown, flags: readonly string[]): unknown {
  const args = [...flags, fileURLToPath(script), JSON.stringify(orders)]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the process for ${JSON.stringify(orders)} ended with ${status ?? ''}: ${stderr}`)
  return JSON.parse(stdout)
}
