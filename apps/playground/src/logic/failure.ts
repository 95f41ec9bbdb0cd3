/** An error as the page shows it, and as it crosses from a worker. */
export interface Failure {
  readonly code: string
  /** What happened. */
  readonly what: string
  /** What to do. */
  readonly advice: string
  readonly context: Readonly<Record<string, string | number | boolean | undefined>>
}

/** What codes ask of whoever gets them, where the page can say it better than the message. */
const advices: Readonly<Record<string, string>> = {
  BACKPRESSURE: 'Wait for acknowledgements, then try again; nothing was staged.',
  CLOSED: 'Open the log again.',
  CORRUPT: 'Restore the file from a copy, or open it with readOnly for what is intact. Nothing was changed.',
  IO: 'Check the device, then open the log again.',
  LOCKED: 'Close the other tab, or use the log through it.',
  NO_SPACE: 'Make room, then open the log again. Nothing acknowledged was lost.',
  POISONED: 'The outcome of what was in flight is unknown. Open the log again: recovery finds out what is there.',
  RECLAIMED: 'Read from the floor on.',
  UNSUPPORTED: 'Use another browser, or a window that is not private.',
}

const reload = 'Reload the page.'

/** What an error says, and what to do. What is no error of varve has the name of its class for a code. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', what: String(error), advice: reload, context: {} }
  const { code = error.name, context = {} } = error as Partial<Failure>
  // Messages of varve say what, and behind that what to do.
  const [what = '', ...rest] = error.message.replace(`${code}: `, '').split('; ')
  const advice = advices[code] ?? (rest.length > 0 ? rest.join('; ') : reload)
  return { code, what, advice, context: { ...context } }
}

/** Where something is damaged, as the context of a `CORRUPT` says. */
export interface Location {
  readonly file: string
  /** Offset in bytes. */
  readonly position: number
  readonly row: string
  readonly evidence: string
  readonly firstSequence: number | undefined
  readonly lastSequence: number | undefined
}

/** Undefined for a context that names no place. */
export function locationOf(context: Failure['context']): Location | undefined {
  const { file, position, row = '', evidence = '', firstSequence, lastSequence } = context
  if (typeof file !== 'string' || typeof position !== 'number') return undefined
  return {
    file,
    position,
    row: String(row),
    evidence: String(evidence),
    firstSequence: typeof firstSequence === 'number' ? firstSequence : undefined,
    lastSequence: typeof lastSequence === 'number' ? lastSequence : undefined,
  }
}
