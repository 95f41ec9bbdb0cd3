// The page: it starts workers and ends them, and reports what escapes them.
interface Worker {
  onerror: ((event: { readonly message?: string; readonly filename?: string; readonly lineno?: number }) => void) | null
  terminate(): void
}
declare const Worker: new (url: string, options: { readonly type: 'module'; readonly name: string }) => Worker

const workers = new Map<string, Worker>()

/** What the driver calls. */
const control = {
  start(id: string, url: string, orders: { readonly tell: string }): void {
    const worker = new Worker(url, { type: 'module', name: JSON.stringify(orders) })
    worker.onerror = ({ message = 'its script could not be loaded', filename = url, lineno = 0 }) => {
      const value = `${message} (${filename}:${lineno})`
      void fetch(orders.tell, { method: 'POST', body: JSON.stringify({ kind: 'failed', value }) })
    }
    workers.set(id, worker)
  },
  terminate(id: string): void {
    workers.get(id)?.terminate()
    workers.delete(id)
  },
}

Object.assign(globalThis, { varve: control })
