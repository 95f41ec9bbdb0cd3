import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const app = resolve(import.meta.dirname, '..')
const entries = ['main.ts', 'worker/log-worker.ts', 'worker/lab-worker.ts', 'style/main.css']

/** Builds the page into a directory with esbuild, which is told nothing of varve. */
export async function buildWithEsbuild(directory: string): Promise<void> {
  const entryPoints = entries.map((entry) => join(app, 'src', entry))
  await build({ entryPoints, bundle: true, format: 'esm', outdir: directory, logLevel: 'error' })
  const page = readFileSync(join(app, 'index.html'), 'utf8')
  writeFileSync(join(directory, 'index.html'), page.replace('src/main.ts', 'main.js').replace('src/style/', 'style/'))
  cpSync(join(app, 'public'), directory, { recursive: true })
}
