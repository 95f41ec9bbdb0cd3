import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Browser } from './browser.ts'
import { findBrowser, type BrowserName } from './find.ts'
import type { LaunchSettings } from './launch.ts'
import { Server } from './server.ts'

/** Whose browsers these are. */
export interface Host {
  readonly name: BrowserName
  /** What the server shows, by path. */
  readonly scripts: ReadonlyMap<string, Uint8Array>
  /** Browsers that run now, for a watchdog. */
  readonly running?: Set<Pick<Browser, 'strike'>>
}

export interface BrowserOptions {
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
  { name, scripts, running }: Host,
  { limitMs, ...settings }: BrowserOptions,
  use: (browser: Browser) => Promise<T>,
): Promise<T> {
  const program = findBrowser(name)
  if (program === undefined) throw new Error(`${name} is not installed`)
  const profile = mkdtempSync(join(tmpdir(), `varve-${name}-`))
  const server = new Server(scripts)
  const browser = new Browser({ name, program, profile, ...settings }, server)
  let timer: NodeJS.Timeout | undefined
  running?.add(browser)
  try {
    await server.listen()
    await browser.start()
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => { reject(new Error(`${name} was not done within ${limitMs} ms`)) }, limitMs)
    })
    return await Promise.race([use(browser), late])
  } finally {
    clearTimeout(timer)
    try {
      await browser.kill()
      running?.delete(browser)
    } finally {
      // A server that listens would keep this process from ending.
      server.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}
