/** One part of the page. */
export interface Panel {
  /** Shows what is so now. Called often: it changes only what differs. */
  render(): void
}
