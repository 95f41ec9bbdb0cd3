import type { Screen } from '../../src/screen.ts'

/** A screen that keeps what is printed. */
export interface Paper extends Screen {
  readonly text: string
}

export function paper(isTerminal = false): Paper {
  let text = ''
  return {
    isTerminal,
    get text() {
      return text
    },
    write(more) {
      text += more
    },
  }
}
