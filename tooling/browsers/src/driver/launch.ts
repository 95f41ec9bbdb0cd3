import { rmSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer, { type Browser as Puppet, type LaunchOptions } from 'puppeteer-core'
import type { BrowserName } from './find.ts'

/** In the environment of a browser and of all that it starts: its profile. */
export const profileVariable = 'VARVE_BROWSER_PROFILE'

/** How a browser is started. */
export interface LaunchSettings {
  readonly name: BrowserName
  readonly program: string
  /** Its profile; data of an earlier browser on it is there again. */
  readonly profile: string
  /** Firefox only: preferences beside those that automation needs. */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>
}

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What a browser that was killed leaves in its profile, and takes for a browser that runs. */
const locks = ['SingletonLock', 'SingletonCookie', 'SingletonSocket', 'lock', '.parentlock']

/** Starts a browser on a profile: never a private window, where nothing reaches the disk. */
export async function launch({ name, program, profile, preferences = {} }: LaunchSettings): Promise<Puppet> {
  for (const lock of locks) rmSync(join(profile, lock), { force: true })
  const options: LaunchOptions = {
    executablePath: program,
    userDataDir: profile,
    headless: true,
    env: { ...process.env, [profileVariable]: profile },
    protocolTimeout: 120_000,
  }
  return name === 'chromium'
    ? await puppeteer.launch({ ...options, browser: 'chrome', args: chromiumArguments })
    : await puppeteer.launch({ ...options, browser: 'firefox', extraPrefsFirefox: preferences })
}
