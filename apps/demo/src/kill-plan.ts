import type { Random } from './random.ts'

/** When to kill a child: so long after it was started, or after it opened the log. */
export interface KillMoment {
  readonly after: 'start' | 'opened'
  readonly delayMs: number
}

const writingMsMax = 600
/** Each so many-th child, on average, is killed while it starts and recovers. */
const openingShare = 0.2

/**
 * Draws a moment. Most children are killed while they write, some while they recover what the one before left, which
 * takes about `openingMs`.
 */
export function drawMoment(random: Random, openingMs: number): KillMoment {
  // Always two draws: the plan of a seed must not depend on how fast the machine is.
  const isOpening = random() < openingShare
  const fraction = random()
  return isOpening
    ? { after: 'start', delayMs: fraction * openingMs * 1.1 }
    : { after: 'opened', delayMs: fraction * writingMsMax }
}
