import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { launch } from '@varve/browsers/driver/launch'
import { findBrowser, type BrowserName } from '@varve/browsers/driver/find'
import { killGroup } from '@varve/browsers/driver/process-group'
import type { Browser } from 'puppeteer-core'
import { serve } from '../server/serve.ts'

/** What `pnpm build` makes. */
const built = resolve(import.meta.dirname, '../dist')

/**
 * Runs something with a browser on a fresh profile, and the page that was built. All of it is gone afterwards.
 *
 * @throws Error (as a rejection) when the browser is not installed.
 */
export async function withPlayground<T>(
  name: BrowserName,
  use: (browser: Browser, origin: string) => Promise<T>,
): Promise<T> {
  const program = findBrowser(name)
  if (program === undefined) throw new Error(`${name} is not installed`)
  const profile = mkdtempSync(join(tmpdir(), `varve-playground-${name}-`))
  const served = await serve(built, 0)
  const browser = await launch({ name, program, profile })
  try {
    return await use(browser, served.origin)
  } finally {
    const pid = browser.process()?.pid
    if (pid !== undefined) await killGroup(pid)
    served.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
