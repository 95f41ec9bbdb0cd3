/** Where the demo prints. */
export interface Screen {
  /** Whether a line can be drawn over. */
  readonly isTerminal: boolean
  write(text: string): void
}
