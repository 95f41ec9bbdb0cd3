import type { App } from './app.ts'
import type { Stream } from './stream.ts'

/** Enough that something was acknowledged before, and something is under way. */
const acknowledgedMin = 24
const lastAppends = 12

/**
 * Lets a stream run until some records are acknowledged, sends a few more, and ends the worker before it can have
 * answered all of them.
 */
export async function killMidStream(app: App, stream: Stream): Promise<void> {
  const enough = app.ledger.acknowledged + acknowledgedMin
  stream.start()
  while (app.ledger.acknowledged < enough && stream.isRunning) await pause(10)
  for (let turn = 0; turn < lastAppends; turn += 1) {
    void app.append(1)
    await pause(0)
  }
  stream.stop()
  app.kill()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
