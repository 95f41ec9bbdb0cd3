import { access, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { VarveError } from 'varve'

/** Where an export goes. */
export type Write = (data: string | Uint8Array) => Promise<void>

/** Writes are gathered to about this size. */
const pieceBytes = 256 * 1024

/**
 * Lends a file to write to under another name. When `fill` has resolved it is synced and gets its name, which is made
 * durable too; otherwise nothing is left of it, and what was there before is as it was.
 *
 * @throws VarveError (as a rejection) `EXISTS` when there is such a file and `force` is not set.
 */
export async function writeInPlace<T>(path: string, force: boolean, fill: (write: Write) => Promise<T>): Promise<T> {
  if (!force) await mustBeFree(path)
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`)
  const handle = await open(partial, 'w')
  try {
    let result: T
    try {
      let waiting: Uint8Array[] = []
      let bytes = 0
      const drain = async (): Promise<void> => {
        const piece = Buffer.concat(waiting)
        waiting = []
        bytes = 0
        // Unlike `write`, this goes on until all of it is written.
        await handle.appendFile(piece)
      }
      result = await fill(async (data) => {
        const piece = Buffer.from(data)
        waiting.push(piece)
        bytes += piece.length
        if (bytes >= pieceBytes) await drain()
      })
      await drain()
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (!force) await mustBeFree(path)
    await rename(partial, path)
    await syncDirectory(dirname(path))
    return result
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function mustBeFree(path: string): Promise<void> {
  const isFree = await access(path).then(() => false, () => true)
  if (!isFree) throw new VarveError('EXISTS', `${path} is there already; --force replaces it`, { file: path })
}

/** Windows cannot open a directory, and keeps names without. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
