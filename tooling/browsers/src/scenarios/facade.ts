import type { Browser } from '../driver/browser.ts'
import type { Guest } from '../driver/guest.ts'
import type { Tab } from '../driver/tab.ts'
import { withBrowser } from '../driver/with-browser.ts'
import { Books } from './books.ts'
import type { Scenario } from './scenario.ts'
import { acknowledged } from './wait.ts'

const script = '/tooling/browsers/src/inside/facade.js'
const directory = 'facade'
const limitMs = 120_000

/** A page that has the log open, and the tab it is in. */
interface Visitor {
  readonly tab: Tab
  readonly page: Guest
}

async function visit(browser: Browser): Promise<Visitor> {
  const tab = await browser.openTab()
  return { tab, page: await opened(tab) }
}

async function opened(tab: Tab): Promise<Guest> {
  const page = await tab.load(script, 'facade')
  await page.call('open', directory)
  return page
}

async function check(page: Guest, books: Books): Promise<void> {
  books.check(await page.call('read'))
}

export const pageReloaded: Scenario = {
  title: 'a page that imports varve and is reloaded while it appends finds everything acknowledged',
  run: async (host) => {
    await withBrowser(host, { limitMs }, async (browser) => {
      const books = new Books()
      const tab = await browser.openTab()
      for (const producer of [1, 2, 3]) {
        const page = await opened(tab)
        await check(page, books)
        await page.call('begin', producer)
        await acknowledged(page.inbox, 20 + producer * 7)
        await tab.reload()
        books.addAll(page.inbox)
      }
      await check(await opened(tab), books)
    })
  },
}

export const tabsShare: Scenario = {
  title: 'two tabs that import varve share one writer; when the leader is closed the other one leads, with everything',
  run: async (host) => {
    await withBrowser(host, { limitMs }, async (browser) => {
      const books = new Books()
      const leader = await visit(browser)
      const other = await visit(browser)
      await leader.page.call('append', 1, 10)
      await other.page.call('append', 2, 10)
      for (const { inbox } of [leader.page, other.page]) books.addAll(inbox)
      for (const each of [leader.page, other.page]) await check(each, books)

      await leader.page.call('begin', 3)
      await other.page.call('begin', 4)
      await acknowledged(leader.page.inbox, 30)
      await acknowledged(other.page.inbox, 30)
      await leader.tab.close()
      // That it fails shows that the log was the other tab's.
      await other.page.inbox.first('log failed', 10_000)
      for (const { inbox } of [leader.page, other.page]) books.addAll(inbox)

      await other.page.call('open', directory)
      await check(other.page, books)
      const third = await visit(browser)
      await third.page.call('append', 5, 10)
      books.addAll(third.page.inbox)
      await check(other.page, books)
    })
  },
}
