import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pnpm, quietTool } from '../tool.ts'

/** Packs every package as it would be published, and looks at the tarballs the way bundlers and compilers do. */
export function shape(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'varve-packed-'))
  const pack = ['--silent', '--recursive', '--filter', './packages/*', 'pack', '--pack-destination', directory]
  try {
    if (!pnpm(...pack)) return false
    const tarballs = globSync(join(directory, '*.tgz'))
    return tarballs.map(inspect).every(Boolean)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function inspect(tarball: string): boolean {
  const isPublishable = quietTool('publint', '--strict', tarball)
  const isTyped = quietTool('@arethetypeswrong/cli', '--profile', 'esm-only', '--no-color', '--no-emoji', tarball)
  return isPublishable && isTyped
}
