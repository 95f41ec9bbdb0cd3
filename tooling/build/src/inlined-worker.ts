import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, PluginBuild } from 'esbuild'

const constant = 'workerSource: string | undefined = undefined'

/**
 * Puts the script of a worker into the module that is there for it: everything that `worker` imports in one text, for a
 * `Blob`. It is bundled from the sources, as a classic script, which every browser starts from a `Blob`.
 *
 * @param directory Of the package.
 * @param worker Path of the script in it.
 * @param module Path of the module in it, which exports `workerSource`.
 */
export function inlinedWorker(directory: string, worker: string, module: string): Plugin {
  const target = join(directory, module)
  return {
    name: 'inlined-worker',
    setup(building) {
      building.onLoad({ filter: /worker-source\.ts$/ }, async ({ path }) => {
        if (path !== target) return undefined
        const source = readFileSync(path, 'utf8')
        if (!source.includes(constant)) throw new Error(`${module} has no ${constant}`)
        const text = JSON.stringify(await bundled(building, join(directory, worker)))
        return { contents: source.replace(constant, () => `workerSource: string | undefined = ${text}`), loader: 'ts' }
      })
    },
  }
}

async function bundled({ esbuild }: PluginBuild, entry: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@varve/source', 'browser'],
    legalComments: 'none',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error(`${entry} became nothing`)
  return file.text
}
