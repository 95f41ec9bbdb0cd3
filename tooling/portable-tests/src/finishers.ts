import type { Body } from './registry.ts'

let finishers: Body[] = []

/** Calls `body` when the running test is over; the last one first. */
export function onTestFinished(body: Body): void {
  finishers.push(body)
}

/** What the test that is over asked for. */
export function takeFinishers(): Body[] {
  const taken = finishers
  finishers = []
  return taken
}
