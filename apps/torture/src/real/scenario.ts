/** What a scenario is given. */
export interface RealContext {
  /** How long it should run; it ends with the round that is under way then. */
  readonly seconds: number
  /** How many rounds it should make at least, however long that takes. 0 unless given. */
  readonly roundsMin?: number | undefined
  /** Draws modes, sizes and moments. What the machine makes of them differs from run to run. */
  readonly seed: number
  /** Scratch, there and empty; whoever calls removes it. */
  readonly directory: string
  /** Where to keep the files of broken promises; without it they are not kept. */
  readonly evidence?: string | undefined
  /** Lets the writers or their storage lie: every scenario must notice. */
  readonly dishonest?: boolean
  readonly progress: (text: string) => void
  /** Ends it behind the round under way, with its disks unmounted. */
  readonly signal?: AbortSignal | undefined
}

/** A promise that was broken, for a person to read. */
export interface RealViolation {
  /** The round that found it, from 1. */
  readonly round: number
  readonly promised: string
  readonly found: string
  /** What led to it: life, mode, moment, books. */
  readonly circumstances: string
  /** Where the files are, if they were kept. */
  readonly evidence?: string
}

/** What a scenario did and found. Plain data. */
export interface RealResult {
  /** Crashes, or what stands for them, with the check behind each. */
  readonly rounds: number
  /** Records that writers said were acknowledged. */
  readonly records: number
  /** Events of this kind of scenario: `kills`, `powerCuts`, `injectedErrors`, and so on. */
  readonly counts: Readonly<Record<string, number>>
  readonly violations: readonly RealViolation[]
  readonly notes: readonly string[]
}

/** One way to be cruel to a real process on a real file system. */
export interface RealScenario {
  readonly name: string
  /** The promise at stake. */
  readonly proves: string
  /** Why this machine cannot run it; undefined if it can. */
  unavailable(): string | undefined
  run(context: RealContext): Promise<RealResult>
}
