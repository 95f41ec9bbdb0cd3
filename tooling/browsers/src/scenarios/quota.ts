import type { Browser } from '../driver/browser.ts'
import type { Tab } from '../driver/tab.ts'
import { withBrowser } from '../driver/with-browser.ts'
import { Books } from './books.ts'
import { readerOrders, readerScript, writerOrders, writerScript } from './orders.ts'
import type { Scenario } from './scenario.ts'
import { acknowledgements } from './wait.ts'

/** Chromium charges a megabyte for every file that is open, whatever is in it. */
const quotaKiB = { chromium: 20 * 1024, firefox: 3 * 1024 } as const
/** Records large enough to use the quota up soon. */
const bytesMax = 30_000
/** In Firefox; for all origins together. */
const limitPreference = 'dom.quotaManager.temporaryStorage.fixedLimit'

/** Chromium only: quota of the origin in bytes, the default without one. */
async function limit(browser: Browser, tab: Tab, quotaSize?: number): Promise<void> {
  if (browser.settings.name !== 'chromium') return
  const tools = await tab.developerTools()
  const origin = browser.server.origin
  await tools.send('Storage.overrideQuotaForOrigin', quotaSize === undefined ? { origin } : { origin, quotaSize })
}

export const quotaUsedUp: Scenario = {
  title: 'a quota that is used up is NO_SPACE, loses nothing acknowledged, and more quota lets the log go on',
  run: async (host) => {
    const { name } = host
    const preferences = name === 'firefox' ? { [limitPreference]: quotaKiB[name] } : {}
    await withBrowser(host, { limitMs: 120_000, preferences }, async (browser) => {
      const tab = await browser.openTab()
      await limit(browser, tab, quotaKiB[name] * 1024)
      const books = new Books()
      const writer = await tab.start(writerScript, writerOrders({ bytesMax }))
      const code = await writer.inbox.first('refused')
      if (code !== 'NO_SPACE') throw new Error(`the writer was refused with ${String(code)}, not NO_SPACE`)
      books.addAll(writer.inbox)
      if (books.acknowledged === 0) throw new Error('nothing was acknowledged before the quota was used up')
      await writer.terminate()

      const roomy = await withRoom(browser, tab)
      const reader = await roomy.start(readerScript, readerOrders({ bytesMax }))
      books.check(await reader.inbox.first('read'))
      await reader.terminate()
      const next = await roomy.start(writerScript, writerOrders({ bytesMax, firstProducer: 11 }))
      await acknowledgements(next.inbox, 200)
    })
  },
}

/** A tab of the same profile and origin that may write more. */
async function withRoom(browser: Browser, tab: Tab): Promise<Tab> {
  if (browser.settings.name === 'chromium') {
    await limit(browser, tab)
    return tab
  }
  await browser.kill()
  await browser.start({ [limitPreference]: 512 * 1024 })
  return await browser.openTab()
}
