import type { BrowserName } from '../driver/find.ts'

export interface ScenarioContext {
  readonly name: BrowserName
  readonly scripts: ReadonlyMap<string, Uint8Array>
}

/** What takes more than one worker, tab or life of the browser. It is conducted from outside. */
export interface Scenario {
  /** The promise. */
  readonly title: string
  /** @throws Error (as a rejection) when the promise is broken. */
  readonly run: (context: ScenarioContext) => Promise<void>
}
