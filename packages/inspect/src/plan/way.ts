import type { GoingOn, Renewal } from '@varve/segments/inspect'
import type { Picture } from '../picture.ts'
import type { Settings } from '../settings.ts'
import type { RepairChoice } from './repair-plan.ts'

/** How a choice changes the log, beside the files that leave the directory. */
export type Action =
  | { readonly do: 'renew'; readonly renewal: Renewal }
  | { readonly do: 'go-on'; readonly going: Omit<GoingOn, 'epoch'>; readonly born: number }
  | { readonly do: 'nothing' }

/** A choice, before the names of copies are known, with what is needed to carry it out. */
export interface Way {
  readonly choice: Omit<RepairChoice, 'quarantines'>
  readonly action: Action
  /** Files that are copied before anything is changed. */
  readonly quarantined: readonly string[]
}

/** What ways out are found from. */
export interface Damaged {
  readonly settings: Settings
  readonly picture: Picture
}

/** The newest checkpoint that recovery can begin with when the log has these records. */
export function usableCheckpoint(
  { checkpoints }: Picture,
  floor: number,
  lastSequence: number,
  without: ReadonlySet<string> = new Set(),
): string | undefined {
  const usable = checkpoints.filter(
    ({ name, isListed, stateBytes, sequence }) =>
      isListed && stateBytes !== undefined && sequence >= floor - 1 && sequence <= lastSequence && !without.has(name),
  )
  return usable.at(-1)?.name
}
