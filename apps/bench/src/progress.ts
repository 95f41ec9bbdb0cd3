import type { Progress } from './bench.ts'
import { table } from './table.ts'

/** Tells a terminal what is measured, how long it has taken so far, and what came out as soon as it is there. */
export function terminalProgress(write: (text: string) => void): Progress {
  const began = performance.now()
  return {
    begins(name, at, of) {
      const seconds = Math.round((performance.now() - began) / 1000)
      write(`[${at}/${of}, ${seconds} s] ${name}\n`)
    },
    rows(rows) {
      if (rows.length > 0) write(`${table(rows)}\n`)
    },
    warn(text) {
      write(`note: ${text}\n`)
    },
  }
}
