import { defineConfig } from 'vitest/config'

/** Leads imports of this repository's packages to their sources: nothing needs to be built. */
const conditions = ['@varve/source', 'module', 'node', 'development|production']

/** Proof that each check of the gate can fail. Apart, because it runs the checks and takes all there is. */
const selfTests = 'tooling/gate/test/**/*.test.ts'

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['tooling/vitest/src/quiet.ts'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: [['text', { skipFull: true }], 'lcov'],
      thresholds: { lines: 100, functions: 100, statements: 100 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tooling/*/test/**/*.test.ts'],
          exclude: [selfTests],
        },
      },
      {
        extends: true,
        test: { name: 'self', include: [selfTests], maxConcurrency: 2, testTimeout: 180_000 },
      },
    ],
  },
})
