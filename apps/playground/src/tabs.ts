import { isTabNews, Roster, type TabNews } from './logic/roster.ts'

/** The other tabs of this page: who is here, and who leads. The log does not need this; people want to see it. */
export class Tabs {
  readonly roster: Roster
  readonly #channel = new BroadcastChannel('varve-playground-tabs')
  #leads = false

  /** @param changed - Called when another tab has come, gone, or changed its part. */
  constructor(own: number, changed: () => void) {
    this.roster = new Roster(own)
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!isTabNews(data)) return
      if (this.roster.hear(data)) this.#tell({})
      changed()
    })
    addEventListener('pagehide', () => { this.#tell({ leaves: true }) })
    addEventListener('pageshow', () => { this.#tell({}) })
    this.#tell({})
  }

  say(leads: boolean): void {
    this.#leads = leads
    this.#tell({})
  }

  #tell(news: Partial<TabNews>): void {
    this.#channel.postMessage({ tab: this.roster.own, leads: this.#leads, ...news } satisfies TabNews)
  }
}
