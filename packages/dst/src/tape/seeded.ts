import { seededRandom } from '../random.ts'
import type { ChoiceKind, Choices } from './choices.ts'

/** How often a choice of each kind is eventful, as one in so many; 1 is a fair draw among all ways. */
export type Rarity = Record<ChoiceKind, number>

const fair: Rarity = { work: 1, schedule: 1, happening: 60, stall: 12, crash: 1, survival: 1, decay: 1 }

/**
 * Choices by chance. Each seed has a temper of its own: some runs rarely crash and some all the time, some lose
 * everything un-synced and some almost nothing, some take steps in order and some in any. Runs that all had the same
 * mixture would find less.
 */
export function seeded(seed: number): Choices {
  const random = seededRandom(seed)
  const oneOf = (...values: readonly number[]): number => values[random.below(values.length)] as number
  const rarity: Rarity = {
    ...fair,
    schedule: oneOf(1, 1, 2, 8),
    happening: oneOf(20, 60, 200, 600),
    stall: oneOf(4, 12, 1000),
    survival: oneOf(1, 1, 2, 6),
  }
  /** Whether what is rare is that something un-synced is lost, and not that it survives. */
  const keeps = random.below(2) === 0
  return {
    draw(ways, kind) {
      const usual = kind === 'survival' && keeps ? ways - 1 : 0
      if (rarity[kind] > 1 && random.below(rarity[kind]) !== 0) return usual
      return random.below(ways)
    },
  }
}
