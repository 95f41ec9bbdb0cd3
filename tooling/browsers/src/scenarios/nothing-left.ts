import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { profileVariable } from '../driver/launch.ts'
import { withBrowser } from '../driver/with-browser.ts'
import type { Scenario } from './scenario.ts'

/** Crash reporters are in groups of their own, and end when they notice that there is nobody to report on. */
const noticedMs = 2000

export const nothingLeft: Scenario = {
  title: 'of a browser in which something failed, no process and no file is left',
  run: async (host) => {
    const failure = new Error('on purpose')
    let profile = ''
    try {
      await withBrowser(host, { limitMs: 60_000 }, async (browser) => {
        profile = browser.settings.profile
        await browser.openTab()
        if (process.platform === 'linux' && processesOn(profile).length === 0) throw new Error('no process was found')
        throw failure
      })
    } catch (error) {
      if (error !== failure) throw error
    }
    if (existsSync(profile)) throw new Error('the profile is left')
    if (process.platform !== 'linux') return
    for (const began = performance.now(); performance.now() - began < noticedMs; ) {
      if (processesOn(profile).length === 0) return
      await pause(20)
    }
    throw new Error(`processes are left: ${processesOn(profile).join(', ')}`)
  },
}

/** Every process that a browser on the profile is or has started, and what they started. */
function processesOn(profile: string): string[] {
  const numbers = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
  return numbers.filter((number) => readOrNothing(`/proc/${number}/environ`).includes(`${profileVariable}=${profile}`))
}

/** Processes end while one looks at them, and those of others show nothing. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
