/** The bare calls of the browser: what the log stands on. */
export interface RawHandle {
  /** Writes behind what was written before, and flushes. */
  writeAndFlush(bytes: Uint8Array): void
  close(): void
}

interface Handle {
  write(bytes: Uint8Array, options: { readonly at: number }): number
  flush(): void
  close(): void
}

interface Navigator {
  readonly storage: {
    getDirectory(): Promise<{
      getFileHandle(
        name: string,
        options: { readonly create: boolean },
      ): Promise<{ createSyncAccessHandle(): Promise<Handle> }>
    }>
  }
}

const { navigator } = globalThis as unknown as { readonly navigator: Navigator }

/** A file of `size` zeros, written from its beginning on, again and again: as a segment is, whose blocks are there. */
export async function rawHandle(name: string, size: number): Promise<RawHandle> {
  const root = await navigator.storage.getDirectory()
  const file = await root.getFileHandle(name, { create: true })
  const handle = await file.createSyncAccessHandle()
  handle.write(new Uint8Array(size), { at: 0 })
  handle.flush()
  let at = 0
  return {
    writeAndFlush(bytes) {
      if (at + bytes.length > size) at = 0
      handle.write(bytes, { at })
      handle.flush()
      at += bytes.length
    },
    close() { handle.close() },
  }
}
