import { globSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { inlinedWorker } from '../../../build/src/inlined-worker.ts'
import { exclusionsOf, type Exclusion } from './exclusions.ts'
import { long } from './long.ts'
import { nodeIsElsewhere, platform } from './platform.ts'

/** The root of the repository. */
const root = join(import.meta.dirname, '..', '..', '..', '..')

/** Test files of these packages run in browsers, all that can. */
const tested = ['codec', 'segments', 'checkpoint']

/** What the server shows. */
export interface Bundle {
  /** Scripts by their path on the server. */
  readonly scripts: ReadonlyMap<string, Uint8Array>
  /** Files of tests, by their path in the repository, that can run in a browser. */
  readonly tests: readonly string[]
  readonly excluded: readonly Exclusion[]
}

/** All files with tests that might run in a browser. */
export function testFiles(): string[] {
  const patterns = tested.map((name) => `packages/${name}/test/**/*.test.ts`)
  return globSync([...patterns, 'tooling/browsers/src/suites/*.suite.ts'], { cwd: root })
    .map((path) => path.replaceAll(sep, '/'))
    .sort()
}

/** Which of the files do not run in browsers, and why. */
export async function excludedFiles(files: readonly string[]): Promise<Exclusion[]> {
  const { inputs } = await look(files)
  const unable = exclusionsOf(files, inputs, (file) => readFileSync(join(root, file), 'utf8'))
  const atHome = files.flatMap((file) => {
    const because = long.get(file)
    return because === undefined ? [] : [{ file, because }]
  })
  return [...unable, ...atHome]
}

/** The script of a file, on the server. */
export function scriptOf(file: string): string {
  return `/${file.replace(/[.]ts$/, '.js')}`
}

function inside(name: string): string {
  return `tooling/browsers/src/inside/${name}.ts`
}

const insiders = [
  ...['page', 'test-file', 'writer', 'reader', 'facade', 'bench'].map(inside),
  'packages/varve/src/worker.ts',
]

/** As the package `varve` is built: the script of its worker is in it. */
const worker = inlinedWorker(join(root, 'packages/varve'), 'src/worker.ts', 'src/worker-source.ts')

/** Bundles what runs in the browser. Modules that several files share are in scripts that they share. */
export async function bundle(): Promise<Bundle> {
  const files = testFiles()
  const excluded = await excludedFiles(files)
  const tests = files.filter((file) => !excluded.some((each) => each.file === file))
  const entryPoints = [...insiders, ...tests]
  const { outputFiles } = await build({ ...options(entryPoints, [platform(root), worker]), write: false })
  const scripts = outputFiles.map(({ path, contents }) => [pathOnServer(path), contents] as const)
  return { scripts: new Map(scripts), tests, excluded }
}

async function look(files: readonly string[]): Promise<Metafile> {
  const { metafile } = await build({ ...options(files, [nodeIsElsewhere]), write: false, metafile: true })
  return metafile
}

function options(entryPoints: readonly string[], plugins: Plugin[]): BuildOptions {
  return {
    entryPoints: entryPoints.map((path) => ({ in: join(root, path), out: path.replace(/[.]ts$/, '') })),
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'esnext',
    conditions: ['@varve/source', 'browser'],
    define: { 'process.env.RUNS': 'undefined', 'process.env.UPDATE': 'undefined' },
    chunkNames: 'chunks/[name]-[hash]',
    outdir: join(root, 'temp'),
    plugins,
    logLevel: 'error',
  }
}

function pathOnServer(path: string): string {
  return `/${relative(join(root, 'temp'), path).replaceAll(sep, '/')}`
}
