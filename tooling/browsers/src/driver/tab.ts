import { randomUUID } from 'node:crypto'
import type { CDPSession, Page } from 'puppeteer-core'
import { Guest } from './guest.ts'
import { Inbox } from './inbox.ts'
import type { Server } from './server.ts'

/** A dedicated worker in a tab. */
export interface Job {
  readonly inbox: Inbox
  /** Ends it in the middle of what it does. */
  terminate(): Promise<void>
}

interface Control {
  readonly varve: { start(id: string, url: string, orders: object): void; terminate(id: string): void }
}

/** One open page. */
export class Tab {
  readonly #page: Page
  readonly #server: Server
  readonly #inboxes: Set<Inbox>

  private constructor(page: Page, server: Server, inboxes: Set<Inbox>) {
    this.#page = page
    this.#server = server
    this.#inboxes = inboxes
  }

  /** @param inboxes - Of all workers of the browser: who ends the browser fails them. */
  static async open(page: Page, server: Server, inboxes: Set<Inbox>): Promise<Tab> {
    await page.goto(server.origin)
    await page.waitForFunction(() => 'varve' in globalThis)
    return new Tab(page, server, inboxes)
  }

  /** Starts a worker with a script of the server. */
  async start(script: string, orders: object = {}): Promise<Job> {
    const id = randomUUID()
    const inbox = new Inbox()
    this.#inboxes.add(inbox)
    const tell = this.#server.hear(id, inbox.receive)
    await this.#page.evaluate(
      (name: string, url: string, told: object) => { (globalThis as unknown as Control).varve.start(name, url, told) },
      ...([id, script, { ...orders, tell }] as const),
    )
    const terminate = async (): Promise<void> => {
      await this.#page.evaluate((name: string) => { (globalThis as unknown as Control).varve.terminate(name) }, id)
      this.#inboxes.delete(inbox)
    }
    return { inbox, terminate }
  }

  /** Loads a script of the server into the page. */
  async load(script: string, name: string): Promise<Guest> {
    return await Guest.in(this.#page, this.#server, this.#inboxes, script, name)
  }

  /** As a user does: everything that ran in the page is ended. */
  async reload(): Promise<void> {
    await this.#page.reload()
    await this.#page.waitForFunction(() => 'varve' in globalThis)
  }

  /** Chromium only: what speaks to its developer tools. */
  async developerTools(): Promise<CDPSession> {
    return await this.#page.createCDPSession()
  }

  async close(): Promise<void> {
    await this.#page.close()
  }
}
