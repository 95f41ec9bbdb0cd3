import { faultKinds, faultProfiles } from '@varve/dst'
import { recoveryTable } from '@varve/segments'
import { adapters } from '../adapters/adapters.ts'

/** How often everything worth reaching was reached. */
export class Probes {
  readonly #hits = new Map<string, number>(requiredProbes.map((name) => [name, 0]))

  /** To be handed on as it is. */
  readonly hit = (name: string): void => { this.#hits.set(name, (this.#hits.get(name) ?? 0) + 1) }

  add(hits: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(hits)) this.#hits.set(name, (this.#hits.get(name) ?? 0) + count)
  }

  get hits(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#hits].sort())
  }

  get missed(): readonly string[] {
    return requiredProbes.filter((name) => (this.#hits.get(name) ?? 0) === 0)
  }
}

/** What a standard run must reach, or it proves less than it seems. */
export const requiredProbes: readonly string[] = [
  'recovery.created',
  ...recoveryTable.map(({ id }) => `recovery.${id}`),
  ...faultKinds.map((kind) => `fault.${kind}`),
  ...Object.keys(faultProfiles).map((name) => `profile.${name}`),
  ...['simulated', ...adapters.map(({ name }) => name)].flatMap((storage) =>
    ['sync', 'group', 'async'].map((durability) => `storage.${storage}.${durability}`),
  ),
  ...['created', 'resumed', 'cut', 'copied.all', 'copied.some', 'left-behind'].map((what) => `replica.${what}`),
  ...['promoted', 'half-promoted', 'took-over', 'followed'].map((what) => `replica.${what}`),
  ...['newest', 'fallback', 'none', 'orphan-removed'].map((way) => `checkpoint.${way}`),
  'recovery.checkpoint.none-left',
  ...['waited', 'refused', 'aborted', 'overwritten'].map((what) => `queue.${what}`),
  'crash.power',
  'ending.crashed',
  'ending.gave-up',
  'ending.ended',
  'ending.shut-down',
]
