import type { Browser as Puppet } from 'puppeteer-core'
import type { Inbox } from './inbox.ts'
import { launch, type LaunchSettings } from './launch.ts'
import { killGroup, strikeGroup } from './process-group.ts'
import type { Server } from './server.ts'
import { Tab } from './tab.ts'

/** A browser on a profile, which outlives it. */
export class Browser {
  readonly settings: LaunchSettings
  readonly server: Server
  #puppet: Puppet | undefined
  /** The leader of its processes. */
  #leader: number | undefined
  readonly #inboxes = new Set<Inbox>()

  constructor(settings: LaunchSettings, server: Server) {
    this.settings = settings
    this.server = server
  }

  /** Starts it, again if it was killed, on the same profile and origin. */
  async start(preferences: LaunchSettings['preferences'] = this.settings.preferences): Promise<void> {
    this.#puppet = await launch({ ...this.settings, ...(preferences && { preferences }) })
    this.#leader = this.#puppet.process()?.pid
  }

  async openTab(): Promise<Tab> {
    if (this.#puppet === undefined) throw new Error('the browser does not run')
    return await Tab.open(await this.#puppet.newPage(), this.server, this.#inboxes)
  }

  /** As it calls itself. */
  async version(): Promise<string> {
    if (this.#puppet === undefined) throw new Error('the browser does not run')
    return await this.#puppet.version()
  }

  /** Sends SIGKILL to all its processes, at once; {@link kill} waits until they are gone. */
  strike(): void {
    if (this.#leader !== undefined) strikeGroup(this.#leader)
  }

  /**
   * Its process and all that it started are gone when this returns, killed in the middle of what they did.
   *
   * @throws Error (as a rejection) when they do not go.
   */
  async kill(): Promise<void> {
    this.#puppet = undefined
    for (const inbox of this.#inboxes) inbox.fail(new Error('the browser was ended'))
    this.#inboxes.clear()
    if (this.#leader !== undefined) await killGroup(this.#leader)
    this.#leader = undefined
  }
}
