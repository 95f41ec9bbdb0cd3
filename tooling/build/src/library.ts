import type { Plugin } from 'esbuild'
import { defineConfig } from 'tsup'

type Configuration = ReturnType<typeof defineConfig>

/** How a published package is built: ES modules, one file per entry, types beside it. */
export function library(entry: Record<string, string>, plugins: readonly Plugin[] = []): Configuration {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/],
    removeNodeProtocol: false,
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    silent: true,
    esbuildPlugins: [...plugins],
  })
}
