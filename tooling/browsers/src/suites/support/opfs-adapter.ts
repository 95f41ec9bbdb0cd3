import type { LogFile, LogStorage } from '@varve/storage'
import { opfsStorage, removeOpfsStorage, type OpfsStorage } from '@varve/storage-opfs'
import type { Adapter } from '../../../../../apps/torture/src/adapters/adapters.ts'

/** Enough for a short life: a synchronous pool cannot grow within a turn. */
const poolSize = 16
let directories = 0

/** Where one process lives, and a bystander there, who looks at the files when it has been killed. */
interface Place {
  readonly directory: string
  readonly bystander: OpfsStorage
}

/** Places for the processes of one run after the other: to make one takes Firefox a second. */
export class OpfsPlaces {
  readonly #isSynchronous: boolean
  readonly #places: readonly Place[]

  private constructor(isSynchronous: boolean, places: readonly Place[]) {
    this.#isSynchronous = isSynchronous
    this.#places = places
  }

  static async make(isSynchronous: boolean, lives: number): Promise<OpfsPlaces> {
    const places: Place[] = []
    for (let life = 0; life < lives; life += 1) {
      directories += 1
      const directory = `torture/${directories}`
      const bystander = opfsStorage({ directory, synchronous: true, poolSize })
      await bystander.ready()
      places.push({ directory, bystander })
    }
    return new OpfsPlaces(isSynchronous, places)
  }

  /**
   * Runs something with OPFS under processes that are killed. All of them have their storage beforehand, because a
   * process is killed between two turns of the event loop, and what it wrote goes to the place of the next at once.
   */
  async with(run: (adapter: Adapter) => Promise<void>): Promise<void> {
    const storages = this.#places.map(({ directory }) =>
      opfsStorage({ directory, synchronous: this.#isSynchronous, poolSize }),
    )
    for (const storage of storages) await storage.ready()
    try {
      await run(this.#adapter(storages))
    } finally {
      for (const storage of storages) await storage.close()
      for (const { bystander } of this.#places) removeFiles(bystander)
    }
  }

  async remove(): Promise<void> {
    for (const { directory, bystander } of this.#places) {
      await bystander.close()
      await removeOpfsStorage({ directory })
    }
  }

  #adapter(storages: readonly OpfsStorage[]): Adapter {
    let life = 0
    return {
      name: this.#isSynchronous ? 'opfs-sync' : 'opfs',
      isSynchronous: this.#isSynchronous,
      begin: () => ({
        get storage() { return storages[life]! },
        kill: () => {
          const [dead, next] = this.#places.slice(life, life + 2)
          life += 1
          if (dead !== undefined && next !== undefined) copyAll(dead.bystander, next.bystander)
        },
        end: () => undefined,
      }),
    }
  }
}

function removeFiles(storage: LogStorage): void {
  for (const name of storage.list() as readonly string[]) void storage.remove(name)
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
