import type { Sink, System } from '../system.ts'

/** When to use colour. */
export type ColorChoice = 'always' | 'auto' | 'never'

type Painter = (text: string) => string

/** How words are set off. Without colour, each leaves the text as it is. */
export interface Style {
  readonly bold: Painter
  readonly dim: Painter
  readonly good: Painter
  readonly warning: Painter
  readonly bad: Painter
  readonly accent: Painter
}

const plain: Painter = (text) => text
const painter =
  (on: number, off: number): Painter =>
  (text) =>
    text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`

const coloured: Style = {
  bold: painter(1, 22),
  dim: painter(2, 22),
  good: painter(32, 39),
  warning: painter(33, 39),
  bad: painter(31, 39),
  accent: painter(36, 39),
}

const colourless: Style = { bold: plain, dim: plain, good: plain, warning: plain, bad: plain, accent: plain }

/**
 * The style for a sink. What was asked for on the command line wins; then `NO_COLOR` and `FORCE_COLOR` if they are not
 * empty; then whether it is a terminal that understands more than plain text.
 */
export function styleFor(sink: Sink, env: System['env'], choice: ColorChoice = 'auto'): Style {
  return isColoured(sink, env, choice) ? coloured : colourless
}

function isColoured({ isTerminal }: Sink, env: System['env'], choice: ColorChoice): boolean {
  if (choice !== 'auto') return choice === 'always'
  if ((env.NO_COLOR ?? '') !== '') return false
  const force = env.FORCE_COLOR ?? ''
  if (force !== '') return force !== '0'
  return isTerminal && env.TERM !== 'dumb'
}
