import type { Host } from '../driver/with-browser.ts'

/** What takes more than one worker, tab or life of the browser. It is conducted from outside. */
export interface Scenario {
  /** The promise. */
  readonly title: string
  /** @throws Error (as a rejection) when the promise is broken. */
  readonly run: (host: Host) => Promise<void>
}
