import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { root, temporary } from './paths.ts'
import { scriptUrl, startedScripts, testFiles } from './test-files.ts'

const requireMaker =
  "import { createRequire as makeRequire } from 'node:module'\nconst require = makeRequire(import.meta.url)"

/** Everything as JavaScript that the oldest Node knows. */
export interface Bundle {
  /** Runs one suite: see `inside/orders.ts`. */
  readonly main: string
  /** Bundles of the test files, by the paths of their sources below the root. */
  readonly tests: Readonly<Record<string, string>>
}

/** Bundles the suites, every test file, and every script that they start. It is there as long as this process is. */
export async function bundle(): Promise<Bundle> {
  const tests = testFiles()
  const scripts = startedScripts()
  const main = 'tooling/runtimes/src/inside/main.ts'
  mkdirSync(temporary, { recursive: true })
  const directory = mkdtempSync(join(temporary, 'bundle-'))
  process.once('exit', () => { rmSync(directory, { recursive: true, force: true }) })
  const bundled = (file: string): string => join(directory, `${withoutEnding(file)}.js`)
  await build({
    entryPoints: [main, ...tests, ...scripts].map((file) => ({ in: join(root, file), out: withoutEnding(file) })),
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@varve/source', 'node'],
    alias: { vitest: '@varve/portable-tests' },
    absWorkingDir: join(root, 'tooling/runtimes'),
    // Some libraries are CommonJS, and ask for modules of Node when they run.
    banner: { js: requireMaker },
    plugins: [placesOf(new Map(scripts.map((file) => [file, bundled(file)])))],
    logLevel: 'warning',
  })
  return { main: bundled(main), tests: Object.fromEntries(tests.map((file) => [file, bundled(file)])) }
}

function withoutEnding(file: string): string {
  return file.replace(/\.ts$/, '')
}

/** Sources keep their places, for fixtures found by a path; a script to be started is the bundle of that script. */
function placesOf(scripts: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'places',
    setup(building) {
      building.onLoad({ filter: /[.]ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        if (path.includes('node_modules') || !text.includes('import.meta.')) return undefined
        const here = dirname(relative(root, path))
        const contents = text
          .replace(scriptUrl, (all, name: string) => {
            const script = scripts.get(join(here, name))
            return script === undefined ? all : `new URL(${JSON.stringify(pathToFileURL(script))})`
          })
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path)))
          .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        return { contents, loader: 'ts' }
      })
    },
  }
}
