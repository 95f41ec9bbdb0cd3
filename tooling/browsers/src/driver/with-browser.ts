import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser } from './browser.ts'
import { findBrowser, type BrowserName } from './find.ts'
import type { LaunchSettings } from './launch.ts'
import { Server } from './server.ts'

export interface BrowserOptions {
  /** What the server shows, by path. */
  readonly scripts: ReadonlyMap<string, Uint8Array>
  /** For everything, in milliseconds; then the browser is killed. */
  readonly limitMs: number
  readonly preferences?: NonNullable<LaunchSettings['preferences']>
}

/**
 * Runs something with a browser on a fresh profile. Whatever comes of it, the browser with all its processes, its
 * profile and the server are gone afterwards.
 *
 * @throws Error (as a rejection) when the browser is not installed, or the time is over.
 */
export async function withBrowser<T>(
  name: BrowserName,
  { scripts, limitMs, ...settings }: BrowserOptions,
  use: (browser: Browser) => Promise<T>,
): Promise<T> {
  const program = findBrowser(name)
  if (program === undefined) throw new Error(`${name} is not installed`)
  const profile = mkdtempSync(join(tmpdir(), `varve-${name}-`))
  const server = new Server(scripts)
  const browser = new Browser({ name, program, profile, ...settings }, server)
  let timer: NodeJS.Timeout | undefined
  try {
    await server.listen()
    await browser.start()
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => { reject(new Error(`${name} was not done within ${limitMs} ms`)) }, limitMs)
    })
    return await Promise.race([use(browser), late])
  } finally {
    clearTimeout(timer)
    await browser.kill()
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
