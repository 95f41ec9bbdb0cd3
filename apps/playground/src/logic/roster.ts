/** What a tab tells the others of itself. */
export interface TabNews {
  readonly tab: number
  /** Whether its worker has the log. */
  readonly leads: boolean
  /** It is about to close. */
  readonly leaves?: boolean
}

/** Whether something that came over a channel is that. */
export function isTabNews(data: unknown): data is TabNews {
  return typeof data === 'object' && data !== null && 'tab' in data && typeof data.tab === 'number' && 'leads' in data
}

/** Tabs are known by four hexadecimal digits. */
export function tabName(tab: number): string {
  return tab.toString(16).padStart(4, '0')
}

/** Which other tabs there are, and how many of their records were seen. */
export class Roster {
  readonly own: number
  readonly #leads = new Map<number, boolean>()
  #foreignRecords = 0

  constructor(own: number) {
    this.own = own
  }

  /** Returns whether that was somebody new, who should be told who is here. */
  hear({ tab, leads, leaves = false }: TabNews): boolean {
    if (tab === this.own) return false
    const isNew = !this.#leads.has(tab) && !leaves
    if (leaves) this.#leads.delete(tab)
    else this.#leads.set(tab, leads)
    return isNew
  }

  /** A record of some tab was seen. */
  see(tab: number): void {
    if (tab !== this.own) this.#foreignRecords += 1
  }

  get tabs(): readonly number[] {
    return [...this.#leads.keys()]
  }

  /** The tab that leads, if it is another one and has said so. */
  get leader(): number | undefined {
    return this.tabs.find((tab) => this.#leads.get(tab))
  }

  /** Records of other tabs that were seen, those of tabs that have gone included. */
  get foreignRecords(): number {
    return this.#foreignRecords
  }
}
