import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { repository, run } from './workspace.ts'

/** What a project outside of the workspace is made of. */
export interface ConsumerOptions {
  readonly tarballs: ReadonlyMap<string, string>
  /** The packages that it asks for. Others come only if these ask for them. */
  readonly dependencies: readonly string[]
  readonly sources: readonly (string | { readonly name: string; readonly text: string })[]
  /** `node`: resolves as Node does and has its types. `none`: as a bundler does, without the types of any platform. */
  readonly platform: 'node' | 'none'
}

/** A scratch project outside of the workspace, with packages installed from their tarballs. */
export class Consumer {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'varve-consumer-'))

  /** Installs without a registry: every package is one of the tarballs. */
  constructor(options: ConsumerOptions) {
    const { tarballs, dependencies, sources } = options
    const files = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]))
    const own = Object.fromEntries(dependencies.map((name) => [name, files[name]]))
    const overrides = Object.fromEntries(Object.entries(files).filter(([name]) => !dependencies.includes(name)))
    this.#write('package.json', { name: 'consumer', private: true, type: 'module', dependencies: own, overrides })
    this.#write('tsconfig.json', compilerOptions(options.platform))
    for (const source of sources) {
      if (typeof source === 'string') copyFileSync(source, join(this.directory, basename(source)))
      else writeFileSync(join(this.directory, source.name), source.text)
    }
    run(this.directory, 'npm', 'install', '--offline', '--no-audit', '--no-fund')
  }

  /** The names of all installed packages. */
  get installed(): string[] {
    const modules = join(this.directory, 'node_modules')
    const names = readdirSync(modules).filter((name) => !name.startsWith('.'))
    return names.flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
  }

  /** Type-checks all sources, and the declarations of all that they import, and compiles them. Throws if it cannot. */
  compile(): void {
    run(this.directory, process.execPath, join(repository, 'node_modules', 'typescript', 'bin', 'tsc'))
  }

  /** Runs a compiled source in an empty directory and returns what it printed. */
  run(node: string, name: string): string {
    const cwd = mkdtempSync(join(this.directory, 'run-'))
    return run(cwd, node, join(this.directory, 'out', name))
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #write(name: string, content: object): void {
    mkdirSync(this.directory, { recursive: true })
    writeFileSync(join(this.directory, name), JSON.stringify(content))
  }
}

function compilerOptions(platform: ConsumerOptions['platform']): object {
  const platforms = {
    node: { module: 'nodenext', types: ['node'], typeRoots: [join(repository, 'node_modules', '@types')] },
    none: { module: 'esnext', moduleResolution: 'bundler', types: [], lib: ['es2022', 'esnext.disposable'] },
  }
  return {
    compilerOptions: {
      ...platforms[platform],
      target: 'es2022',
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      outDir: 'out',
    },
    include: ['*.ts'],
  }
}
