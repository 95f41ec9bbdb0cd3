import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { shelfModule } from './shelf.ts'

const inside = join(import.meta.dirname, '..', 'inside')
const require = createRequire(import.meta.url)

/** What modules are led to in a browser. */
export const replacements: Readonly<Record<string, string>> = {
  vitest: require.resolve('@varve/portable-tests'),
  'node:buffer': require.resolve('buffer/'),
  'node:fs': join(inside, 'node', 'fs.ts'),
  'node:path': join(inside, 'node', 'path.ts'),
  'node:process': join(inside, 'node', 'process.ts'),
  'node:timers': join(inside, 'node', 'timers.ts'),
}

/** To find out what leads to Node: nothing stands in for it. */
export const nodeIsElsewhere: Plugin = {
  name: 'node-is-elsewhere',
  setup(build) {
    build.onResolve({ filter: /^(vitest|node:.*)$/ }, ({ path }) => ({ path, external: true }))
  },
}

/** What a browser is like, for esbuild: it has another vitest, little of Node, and files that can only be read. */
export function platform(root: string): Plugin {
  return {
    name: 'platform',
    setup(build) {
      build.onResolve({ filter: /^(vitest|node:.*)$/ }, ({ path }) => {
        const replacement = replacements[path]
        return replacement === undefined ? { path, external: true } : { path: replacement }
      })
      build.onLoad({ filter: /[\\/]inside[\\/]node[\\/]shelf[.]ts$/ }, () => {
        return { contents: shelfModule(root), loader: 'js' }
      })
      build.onLoad({ filter: /[\\/](test|fixtures)[\\/].*[.]ts$/ }, ({ path }) => {
        return { contents: adapted(readFileSync(path, 'utf8'), folderOf(path.slice(root.length))), loader: 'ts' }
      })
    },
  }
}

function folderOf(path: string): string {
  return path.replaceAll('\\', '/').replace(/\/[^/]*$/, '')
}

/** What Node has everywhere, and where to import it from. */
const ambient = { Buffer: 'node:buffer', setImmediate: 'node:timers', clearImmediate: 'node:timers' }

/** A test may use what Node has everywhere; the sources under test may not, and get nothing. */
function adapted(source: string, folder: string): string {
  const missing = Object.entries(ambient).filter(
    ([name, from]) => new RegExp(`\\b${name}\\(|\\b${name}\\b[.<]`).test(source) && !source.includes(`from '${from}'`),
  )
  // On the first line, so that the numbers of the others stay.
  const imports = missing.map(([name, from]) => `import { ${name} } from '${from}'; `)
  return imports.join('') + source.replaceAll('import.meta.dirname', JSON.stringify(folder))
}
