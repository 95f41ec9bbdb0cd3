import { createReadStream, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}

/** Isolates the page from other origins, which gives it the finer clock of the two that browsers have. */
const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

/** The page, served on loopback. */
export interface Served {
  readonly origin: string
  close(): void
}

/** Serves the files of a directory on loopback; with port 0 the operating system chooses one. */
export async function serve(directory: string, port: number): Promise<Served> {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname
    // A path cannot leave the directory: it is made absolute first, and `..` has nowhere to go.
    const file = join(directory, normalize(path.endsWith('/') ? `${path}index.html` : path))
    const type = types[extname(file)]
    if (type === undefined || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      response.writeHead(404, headers).end()
      return
    }
    response.writeHead(200, { ...headers, 'content-type': type })
    createReadStream(file).pipe(response)
  })
  await listening(server, port)
  const { port: found } = server.address() as AddressInfo
  return {
    origin: `http://localhost:${found}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
