import { randomUUID } from 'node:crypto'
import type { Page } from 'puppeteer-core'
import { Inbox } from './inbox.ts'
import type { Server } from './server.ts'

type Calls = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** A script in the page itself, not in a worker: it leaves an object whose functions can be called from here. */
export class Guest {
  readonly inbox: Inbox
  readonly #page: Page
  readonly #name: string

  private constructor(page: Page, name: string, inbox: Inbox) {
    this.#page = page
    this.#name = name
    this.inbox = inbox
  }

  /** Loads a script of the server into an open page. It leaves its object as the global `name`. */
  static async in(page: Page, server: Server, inboxes: Set<Inbox>, script: string, name: string): Promise<Guest> {
    const inbox = new Inbox()
    inboxes.add(inbox)
    const orders = JSON.stringify({ tell: server.hear(randomUUID(), inbox.receive) })
    await page.evaluate(
      async (url: string, told: string) => {
        Object.assign(globalThis, { name: told })
        await import(url)
      },
      ...([script, orders] as const),
    )
    return new Guest(page, name, inbox)
  }

  /** @throws Error (as a rejection) when the function does, or the page is gone. */
  async call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return await this.#page.evaluate(
      async (object: string, called: string, given: readonly unknown[]) => {
        const calls = (globalThis as unknown as Readonly<Record<string, Calls>>)[object]
        return await calls?.[called]?.(...given)
      },
      ...([this.#name, method, args] as const),
    )
  }
}
