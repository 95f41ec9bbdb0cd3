/** One change of a source file. */
export interface Edit {
  /** Path below `packages/`, or one that begins with `apps/`. */
  readonly file: string
  /** Occurs exactly once in the file as it is now; anything else is a loud failure. */
  readonly find: string
  readonly replace: string
}

/** A bug of the log or of what is built on it: a change of the real code, made while it is bundled, never on disk. */
export interface Mutant {
  /** Unique; what tables and failures call it. */
  readonly name: string
  /** The hazard it stands for, in plain words. */
  readonly hazard: string
  readonly edits: readonly Edit[]
  /** Names of the cases that are to catch it, in the order in which they are tried: the cheapest first. */
  readonly killedBy: readonly string[]
  /** At most so many processes may be started, in each case, before it is caught. */
  readonly budget: { readonly states: number }
  /** The one that must be caught for any result to count: if it is not, the torture has lost its teeth. */
  readonly canary?: true
}

/** What most mutants need by far. */
const statesDefault = 4_000

/** A mutant without the budget: that is an exception worth naming. */
export interface MutantPlan extends Omit<Mutant, 'budget'> {
  readonly states?: number
}

export function mutant({ states = statesDefault, ...plan }: MutantPlan): Mutant {
  return { ...plan, budget: { states } }
}

/** Edits of one file. */
export function inFile(file: string, ...changes: readonly (readonly [find: string, replace: string])[]): Edit[] {
  return changes.map(([find, replace]) => ({ file, find, replace }))
}
