import type { LogFile, LogStorage } from '@varve/storage'
import { opfsStorage, removeOpfsStorage, type OpfsStorage } from '@varve/storage-opfs'
import type { Adapter } from '../../../../../apps/torture/src/adapters/adapters.ts'

/** Enough for a short life: a synchronous pool cannot grow within a turn. */
const poolSize = 16
let directories = 0

/** One process's directory: its own storage, and that of a bystander who looks at the files when it has been killed. */
interface Place {
  readonly directory: string
  readonly storage: OpfsStorage
  readonly bystander: OpfsStorage
}

/** An adapter for one run. */
export interface PreparedAdapter {
  readonly adapter: Adapter
  readonly dispose: () => Promise<void>
}

/**
 * OPFS under processes that are killed. The places of all of them are opened beforehand, because a process is killed
 * between two turns of the event loop, and what it wrote is moved to the place of the next one at once.
 */
export async function prepareOpfs(isSynchronous: boolean, lives: number): Promise<PreparedAdapter> {
  const places: Place[] = []
  for (let life = 0; life < lives; life += 1) places.push(await openPlace(isSynchronous))
  let life = 0
  const placeOf = (at: number): Place => {
    const place = places[at]
    if (place === undefined) throw new Error(`there are ${lives} lives, not ${at + 1}`)
    return place
  }
  const adapter: Adapter = {
    name: isSynchronous ? 'opfs-sync' : 'opfs',
    isSynchronous,
    begin: () => ({
      get storage() { return placeOf(life).storage },
      kill: () => {
        life += 1
        if (life < lives) copyAll(placeOf(life - 1).bystander, placeOf(life).bystander)
      },
      end: () => undefined,
    }),
  }
  return { adapter, dispose: () => removeAll(places) }
}

async function openPlace(synchronous: boolean): Promise<Place> {
  directories += 1
  const directory = `torture/${directories}`
  const bystander = opfsStorage({ directory, synchronous: true, poolSize })
  await bystander.ready()
  const storage = opfsStorage({ directory, synchronous, poolSize })
  await storage.ready()
  return { directory, storage, bystander }
}

async function removeAll(places: readonly Place[]): Promise<void> {
  for (const { directory, storage, bystander } of places) {
    await storage.close()
    await bystander.close()
    await removeOpfsStorage({ directory })
  }
}

/** Both are synchronous. */
function copyAll(from: LogStorage, to: LogStorage): void {
  for (const name of from.list() as readonly string[]) {
    const source = from.open(name, 'read') as LogFile
    const bytes = new Uint8Array(source.size() as number)
    void source.read(bytes, 0)
    void source.close()
    const target = to.open(name, 'create') as LogFile
    void target.write(bytes, 0)
    void target.close()
  }
}
