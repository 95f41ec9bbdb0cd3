// Compiles `packages/codec/assembly` to WebAssembly and writes it into the codec's sources, as text.
// `node tooling/build/src/kernel-module.ts [--check]`: with `--check` nothing is written, and a difference fails.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(import.meta.dirname, '../../..')
const source = 'packages/codec/assembly/index.ts'
const target = 'packages/codec/src/kernel-module.ts'
const columns = 112

/** For speed; no runtime, for nothing is allocated; nothing imported but the memory, so `abort` is a trap. */
const options = [
  '-O3',
  '--converge',
  '--noAssert',
  ...['--runtime', 'stub'],
  ...['--use', 'abort='],
  '--importMemory',
  '--noExportMemory',
]

/** In a process of its own: the types of the compiler as a library would change those of Node for this repository. */
function compile(): Buffer {
  const compiler = fileURLToPath(import.meta.resolve('assemblyscript/bin/asc.js'))
  const directory = mkdtempSync(join(tmpdir(), 'varve-kernel-'))
  try {
    const outFile = join(directory, 'kernel.wasm')
    const args = [compiler, source, '--outFile', outFile, ...options]
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${source} does not compile\n${stderr}`)
    return readFileSync(outFile)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Hexadecimal takes less in a compressed bundle than base64 (1.4 KiB, not 1.8), and needs no platform to decode. */
function textOf(module: Buffer): string {
  const lines = module.toString('hex').match(new RegExp(`.{1,${columns}}`, 'g')) ?? []
  const literals = lines.map((line) => `  '${line}'`).join(' +\n')
  const comment = `Made of \`assembly/\` by \`tooling/build\`: ${module.length} bytes of WebAssembly. Not to be edited.`
  return `/** ${comment} */\nexport const kernelModule: string =\n${literals}\n`
}

const made = textOf(compile())
const path = join(root, target)
const isSame = existsSync(path) && readFileSync(path, 'utf8') === made
if (process.argv.includes('--check')) {
  if (!isSame) console.log(`${target} is not what ${source} compiles to: run pnpm build, and commit it`)
  process.exitCode = isSame ? 0 : 1
} else if (!isSame) {
  writeFileSync(path, made)
}
