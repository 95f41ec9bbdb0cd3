// Type-checks and runs every block of the documentation that is marked `ts run`, from the sources of the packages, and
// type-checks those marked `ts browser` as a bundler would. Each block is a program of its own and runs in an empty
// directory, so `./data` is its own.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { markedBlocks, moduleName, moduleOf, type Mark } from './blocks.ts'

const documents = ['README.md', 'packages/*/README.md', 'docs/**/*.md']
/** Inside this package, because its dependencies are the packages that documentation may import. */
const root = resolve(import.meta.dirname, '..')
const temporary = join(root, 'temp')
const modules = (mark: Mark): string => join(temporary, mark)
const timeoutMs = 60_000

interface Example {
  /** `docs/guide.md:12` */
  readonly place: string
  readonly file: string
}

function writeModules(mark: Mark): Example[] {
  mkdirSync(modules(mark), { recursive: true })
  return globSync(documents).flatMap((document) =>
    markedBlocks(readFileSync(document, 'utf8'), mark).map((block) => {
      const file = join(modules(mark), moduleName(document, block))
      writeFileSync(file, moduleOf(block))
      return { place: `${document}:${block.line}`, file }
    }),
  )
}

function typeCheck(configuration: string): boolean {
  const project = join(root, configuration)
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
  return spawnSync(process.execPath, [compiler, '--project', project], { stdio: 'inherit' }).status === 0
}

function run({ place, file }: Example): boolean {
  const cwd = mkdtempSync(join(tmpdir(), 'varve-docs-'))
  try {
    const args = ['--conditions=@varve/source', file]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: timeoutMs })
    if (status === 0) return true
    console.log(`${place} failed\n${stdout}${stderr}`)
    return false
  } finally {
    rmSync(cwd, { recursive: true })
  }
}

rmSync(temporary, { recursive: true, force: true })
const examples = writeModules('run')
const pages = writeModules('browser')
const isTyped = typeCheck('tsconfig.blocks.json') && typeCheck('tsconfig.browser-blocks.json')
const failures = examples.filter((example) => !run(example))
console.log(`${examples.length - failures.length} of ${examples.length} blocks ran, ${pages.length} are for browsers`)
rmSync(temporary, { recursive: true })
process.exitCode = isTyped && failures.length === 0 ? 0 : 1
