// Type-checks and runs every block of the documentation that is marked `ts run`, from the sources of the packages.
// Each block is a program of its own and runs in an empty directory, so `./data` is its own.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { moduleName, moduleOf, runnableBlocks } from './blocks.ts'

const documents = ['README.md', 'packages/*/README.md', 'docs/**/*.md']
/** Inside this package, because its dependencies are the packages that documentation may import. */
const modules = resolve(import.meta.dirname, '..', 'temp')
const timeoutMs = 60_000

interface Example {
  /** `docs/guide.md:12` */
  readonly place: string
  readonly file: string
}

function writeModules(): Example[] {
  rmSync(modules, { recursive: true, force: true })
  mkdirSync(modules)
  return globSync(documents).flatMap((document) =>
    runnableBlocks(readFileSync(document, 'utf8')).map((block) => {
      const file = join(modules, moduleName(document, block))
      writeFileSync(file, moduleOf(block))
      return { place: `${document}:${block.line}`, file }
    }),
  )
}

function typeCheck(): boolean {
  const project = join(modules, '..', 'tsconfig.blocks.json')
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

const examples = writeModules()
const isTyped = examples.length === 0 || typeCheck()
const failures = examples.filter((example) => !run(example))
console.log(`${examples.length - failures.length} of ${examples.length} blocks ran`)
rmSync(modules, { recursive: true })
process.exitCode = isTyped && failures.length === 0 ? 0 : 1
