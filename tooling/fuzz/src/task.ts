import { inputBytesMax } from './target.ts'

/** What the main thread asks for. `memory` holds the input under way: its count, its length, then its bytes. */
export interface Task {
  readonly target: string
  readonly seconds: number
  readonly seed: number
  readonly engine: 'coverage' | 'generate'
  readonly keep: boolean
  readonly memory: SharedArrayBuffer
}

export type Message =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'finding'; readonly path: string; readonly text: string }

export const inputMemoryBytes: number = 8 + inputBytesMax
