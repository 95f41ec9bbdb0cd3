import type { ProfileName } from '@varve/dst'
import type { LogOptions } from '@varve/segments'
import type { Durability, LogVariant } from '../system/log-variant.ts'
import { scheduledLog } from '../system/scheduled-log.ts'
import { synchronousLog } from '../system/synchronous-log.ts'
import type { Engine, TortureCase } from './case.ts'

/** A case by what is not usual about it. */
export interface Plan extends Omit<LogVariant, 'durability'> {
  readonly name: string
  readonly looksFor: string
  readonly durability?: Durability
  readonly profile?: ProfileName
  readonly scheduled?: boolean
  readonly extras?: boolean
  readonly plan: readonly number[]
  readonly engine: Engine
}

export function caseOf(plan: Plan): TortureCase {
  const { durability = 'sync', profile = 'strict-posix', scheduled = false, extras = true, engine } = plan
  const options = { ...plan.options, ...optionsFor(profile) }
  const variant: LogVariant = { ...plan, durability, options }
  return {
    name: plan.name,
    looksFor: plan.looksFor,
    storage: 'simulated',
    durability,
    profile,
    scheduled,
    extras,
    steps: plan.plan,
    engine,
    // What instances are is the system's own affair: only it is ever given one.
    system: () => (scheduled ? scheduledLog(variant) : synchronousLog(variant)),
  }
}

/** What a log must be told to keep its promises on such a disk. */
export function optionsFor(profile: ProfileName): Partial<LogOptions> {
  return profile === 'no-powersafe-overwrite' ? { commitAlignment: 'block' } : {}
}

type Exhaustive = Extract<Engine, { kind: 'exhaustive' }>

/** Everything there is, but at most so many outcomes of each crash. */
export function exhaustive(outcomesMax: readonly number[], more: Partial<Exhaustive> = {}): Engine {
  return { kind: 'exhaustive', outcomesMax, ...more }
}
