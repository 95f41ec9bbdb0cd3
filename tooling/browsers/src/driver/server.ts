import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a worker told. */
export interface Message {
  readonly kind: string
  readonly value?: unknown
}

export type Listener = (message: Message) => void

const pageScript = '/tooling/browsers/src/inside/page.js'
const page = `<!doctype html><title>varve</title><script type="module" src="${pageScript}"></script>`

/** Isolated from other origins: SharedArrayBuffer and precise clocks are there. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
}

/** Shows the page and the scripts on loopback, and hears what workers tell. */
export class Server {
  readonly #scripts: ReadonlyMap<string, Uint8Array>
  readonly #listeners = new Map<string, Listener>()
  readonly #server = createServer((request, response) => { void this.#answer(request, response) })

  constructor(scripts: ReadonlyMap<string, Uint8Array>) {
    this.#scripts = scripts
  }

  /** The operating system chooses the port; it stays the same until {@link close}, and so does the origin. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** From now on hears what is told under that name. Returns the path to tell it to. */
  hear(name: string, listener: Listener): string {
    this.#listeners.set(name, listener)
    return `/tell/${name}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (request.method === 'POST') {
      await this.#receive(path, request, response)
      return
    }
    const script = this.#scripts.get(path)
    if (script !== undefined) {
      response.writeHead(200, { ...headers, 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' })
      response.end(script)
    } else {
      response.writeHead(path === '/' ? 200 : 404, { ...headers, 'content-type': 'text/html' })
      response.end(path === '/' ? page : '')
    }
  }

  async #receive(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const listener = this.#listeners.get(path.replace('/tell/', ''))
    try {
      const message = JSON.parse(await text(request)) as Message
      listener?.(message)
      response.writeHead(listener === undefined ? 404 : 204, headers).end()
    } catch {
      // The browser was killed while it told: what is not complete was not told.
      response.destroy()
    }
  }
}
