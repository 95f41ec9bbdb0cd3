/** What a process on a runtime is told, as JSON in its first argument. */
export interface Orders {
  readonly suite: SuiteName
  /** The file to add {@link Message}s to. */
  readonly report: string
  /** Of `tests`: bundles by the paths of their sources. */
  readonly tests: Readonly<Record<string, string>>
  /** Of `torture`: how often to run each case. */
  readonly runs: number
  /** Of `kill`: how many writers. */
  readonly kills: number
  readonly seed: number
}

export const suiteNames = ['conformance', 'tests', 'torture', 'kill'] as const

export type SuiteName = (typeof suiteNames)[number]

/** What such a process reports, one line of JSON each: it counts even if the process dies in the next moment. */
export type Message =
  | { readonly kind: 'runtime'; readonly name: string }
  /** Begins a group of tests: if the process dies, it died there. */
  | { readonly kind: 'begin'; readonly group: string }
  | ({ readonly kind: 'test'; readonly group: string } & Outcome)
  /** For a person: figures that are no verdict. */
  | { readonly kind: 'note'; readonly text: string }
  /** The last one of a process that came to its end. */
  | { readonly kind: 'end' }

export interface Outcome {
  readonly title: string
  readonly milliseconds: number
  /** Only of one that failed. */
  readonly error?: string
}
