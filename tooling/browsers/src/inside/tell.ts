import { orders } from './orders.ts'

interface Request {
  open(method: string, url: string, asynchronous: false): void
  send(body: string): void
  readonly status: number
}
declare const XMLHttpRequest: new () => Request

/**
 * Tells the process outside. It has heard it when this returns: what it has heard of never runs ahead of what happened
 * here, and nothing that was told is lost when the browser is killed in the next moment.
 *
 * @throws Error when nobody hears it.
 */
export function tell(kind: string, value?: unknown): void {
  const request = new XMLHttpRequest()
  request.open('POST', orders().tell, false)
  request.send(JSON.stringify({ kind, value }))
  if (request.status !== 204) throw new Error(`nobody hears '${kind}': ${request.status}`)
}
