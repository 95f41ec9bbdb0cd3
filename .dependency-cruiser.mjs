// The layers of this repository: which package may import which. docs/ARCHITECTURE.md draws the same picture.

/** Each package with the packages that its sources may import. Anything else is a violation. */
const layers = {
  codec: [],
  storage: ['codec'],
  'storage-memory': ['storage', 'codec'],
  'storage-node': ['storage', 'codec'],
  'storage-opfs': ['storage', 'codec'],
  dst: ['storage', 'codec'],
  segments: ['storage', 'codec'],
  checkpoint: ['segments', 'storage', 'codec'],
  inspect: ['checkpoint', 'segments', 'storage', 'codec'],
  port: ['checkpoint', 'segments', 'storage', 'codec'],
  varve: ['port', 'checkpoint', 'segments', 'storage-node', 'storage-opfs', 'storage-memory', 'storage', 'codec'],
  cli: ['inspect', 'varve', 'codec'],
}

/** Files that a package exports; `exports` in its package.json names the same. */
const observers = '(observe/)?(diagnostics-channel|opentelemetry)'
const entries = `src/(index|node|browser|opfs|worker|inspect|typed|conformance/index|${observers})[.]ts$`

function anyOf(names) {
  return `(${names.join('|')})`
}

const arrows = Object.entries(layers).map(([name, below]) => ({
  name: `layer-${name}`,
  comment: below.length === 0 ? `${name} imports no other package` : `${name} may import only ${below.join(', ')}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^packages/', pathNot: `^packages/${anyOf([name, ...below])}/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrows,
    {
      name: 'layer-unknown',
      comment: 'a package that has no place in the layers yet: add it to `layers`',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/${anyOf(Object.keys(layers))}/` },
      to: {},
    },
    {
      name: 'no-internals',
      comment: 'a package is imported by what it exports',
      severity: 'error',
      from: { path: '^(packages|apps|tooling)/([^/]+)/' },
      to: { path: '^packages/', pathNot: [`^packages/[^/]+/${entries}`, '^$1/$2/'] },
    },
    {
      name: 'no-way-around',
      comment: 'another package is imported by its name, not by a path',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/(src|test)/' },
      to: { path: '^(packages|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-platform',
      comment: 'only storage-node and the command line may name modules of Node',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/(storage-node|cli)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-dependencies',
      comment: 'libraries of this repository depend on nothing outside of it',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/cli/' },
      to: { path: 'node_modules' },
    },
    {
      name: 'no-cycle',
      comment: 'files that import each other are one file',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolves',
      comment: 'not declared in the package.json of the importer, not exported, or misspelt',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'sources-without-tests',
      comment: 'what ships must not import what only tests use',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|temp|coverage)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    // Types count: a layer that knows another's types depends on it.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      conditionNames: ['@varve/source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
