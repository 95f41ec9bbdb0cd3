import type { LabAnswers, LabReply, LabRequest } from './logic/asks.ts'
import type { Failure } from './logic/failure.ts'

/** What the laboratory could not do. */
export class LabFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.what)
    this.failure = failure
  }
}

/** A worker that has files to itself. One thing is asked at a time. */
export class Lab implements Disposable {
  readonly #worker = new Worker(new URL('./worker/lab-worker.js', import.meta.url), { type: 'module', name: 'lab' })

  /** @throws LabFailure (as a rejection) */
  async ask<Request extends LabRequest>(request: Request): Promise<LabAnswers[Request['kind']]> {
    const reply = await new Promise<LabReply>((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<LabReply>) => { resolve(data) }
      this.#worker.onerror = ({ message }) => { reject(new Error(`the laboratory failed: ${message}`)) }
      this.#worker.postMessage(request)
    })
    if (!reply.ok) throw new LabFailure(reply.failure)
    return reply.value as LabAnswers[Request['kind']]
  }

  /** Ends the worker: everything that it had open is free. */
  [Symbol.dispose](): void {
    this.#worker.terminate()
  }
}

/** Asks a laboratory of its own, which is gone afterwards. */
export async function askLab<Request extends LabRequest>(request: Request): Promise<LabAnswers[Request['kind']]> {
  using lab = new Lab()
  return await lab.ask(request)
}
