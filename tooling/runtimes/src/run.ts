// Runs the storage conformance suite on another runtime: `node tooling/runtimes/src/run.ts <command …>`, for example
// `npx --yes bun@1.4.5`. The runtime resolves the packages itself, as built, so `pnpm build` comes first.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'

const directory = join(import.meta.dirname, '..', 'temp')
const file = join(directory, 'conformance.js')

// The oldest supported Node does not know types.
const source = readFileSync(join(import.meta.dirname, 'conformance.ts'), 'utf8')
mkdirSync(directory, { recursive: true })
writeFileSync(file, transformSync(source, { loader: 'ts' }).code)

const [command, ...args] = process.argv.slice(2)
if (command === undefined) throw new Error('which runtime?')
const shell = process.platform === 'win32'
process.exitCode = spawnSync(command, [...args, file], { stdio: 'inherit', shell }).status ?? 1
