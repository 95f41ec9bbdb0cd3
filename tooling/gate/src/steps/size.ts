import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What somebody might import, and how much it may weigh: bundled with all it needs, minified and gzipped. */
interface Budget {
  /** Where imports are resolved from. */
  readonly from: string
  readonly code: string
  /** More than this fails: the size now and a little room, so that growth is noticed. */
  readonly bytes_max: number
  /** What it should come down to, where it is not there yet; see `docs/adr/0005-size.md`. */
  readonly bytes_aim?: number
}

export async function size(): Promise<boolean> {
  const budgets = JSON.parse(readFileSync('tooling/gate/budgets.json', 'utf8')) as Record<string, Budget>
  let isWithin = true
  for (const [name, budget] of Object.entries(budgets)) {
    const bytes = await bundledBytes(budget)
    const isOver = bytes > budget.bytes_max
    if (isOver) isWithin = false
    const aim = budget.bytes_aim === undefined ? '' : `, aim ${kib(budget.bytes_aim)}`
    console.log(`${name.padEnd(24)} ${kib(bytes)} of ${kib(budget.bytes_max)}${aim}${isOver ? '  OVER BUDGET' : ''}`)
  }
  return isWithin
}

async function bundledBytes({ from, code }: Budget): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: from },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: ['node:*'],
    write: false,
    logLevel: 'error',
  })
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(2)} KiB`.padStart(9)
}
