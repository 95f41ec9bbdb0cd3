import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync } from 'node:fs'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

/** A copy of this repository, to break. Dependencies are shared; links between packages stay within the copy. */
export class Copy {
  readonly root: string = mkdtempSync(join(tmpdir(), 'varve-self-'))

  constructor() {
    const files = ['ls-files', '--cached', '--others', '--exclude-standard']
    const paths = execFileSync('git', files, { encoding: 'utf8' }).trim().split('\n')
    const workspaces = new Set(paths.flatMap((path) => /^(packages|apps|tooling)\/[^/]+/.exec(path)?.[0] ?? []))
    const ignored = [...workspaces].flatMap((path) => [`${path}/node_modules`, `${path}/dist`])
    for (const path of [...paths, ...ignored].filter((each) => existsSync(each))) {
      cpSync(path, join(this.root, path), { recursive: true, verbatimSymlinks: true })
    }
    symlinkSync(resolve('node_modules'), join(this.root, 'node_modules'), 'junction')
    execFileSync('git', ['init', '--quiet', this.root])
  }

  /** Adds `lines` to a file, which need not exist. */
  add(path: string, lines: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    appendFileSync(join(this.root, path), lines)
  }

  replace(path: string, from: string, to: string): void {
    const before = readFileSync(join(this.root, path), 'utf8')
    if (!before.includes(from)) throw new Error(`${path} has no ${from}`)
    writeFileSync(join(this.root, path), before.replaceAll(from, to))
  }

  /** Removes files and folders by glob patterns. */
  remove(...patterns: string[]): void {
    for (const path of globSync(patterns, { cwd: this.root })) rmSync(join(this.root, path), { recursive: true })
  }

  /** Runs one step of the copy's own gate. */
  async gate(step: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))
    const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = spawn(process.execPath, ['tooling/gate/src/main.ts', step], { cwd: this.root, env })
    child.stdin.end()
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (child.exitCode === null) await once(child, 'exit')
    return { status: child.exitCode, stdout, stderr }
  }

  delete(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
