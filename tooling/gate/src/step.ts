/** One check of the gate. It prints what it finds and says whether all is well. */
export interface Step {
  readonly name: string
  /** What is true when it passes. */
  readonly proves: string
  readonly run: (options: StepOptions) => boolean | Promise<boolean>
}

export interface StepOptions {
  /** Write what can be generated (the API reports) instead of comparing with it. */
  readonly update: boolean
}
