import {
  Disk,
  nameSettlingMs,
  repeatableRuntime,
  SimulatedStorage,
  type FaultProfile,
  type Ledger,
  type System,
  type World,
} from '@varve/dst'
import type { LogStorage, Runtime } from '@varve/storage'
import { opfsStorage } from '@varve/storage-opfs'
import { simulatedOpfs, type SimulatedOpfs } from './simulated-opfs.ts'

/** What is known of the physical files of a pool. */
export interface PoolVariant {
  /** How many there are at the beginning. */
  readonly poolSize: number
  /** Whether their own names are durable before anything is done: then every promise holds in full. */
  readonly isSettled: boolean
}

/** A system, and the world that it lives in. */
interface Pooled<T> {
  readonly inner: T
  readonly world: PooledWorld
}

/**
 * The same system on the adapter for browsers, on a simulated disk: the adapter is what is tortured. Its storage is a
 * process's own, as it is a worker's.
 */
export function onOpfs<T, L extends Ledger>(system: System<T, L>, variant: PoolVariant): System<Pooled<T>, L> {
  const promised = (profile: FaultProfile): FaultProfile =>
    variant.isSettled ? { ...profile, names: 'device' } : profile
  const made = variant.isSettled ? settledPool(variant.poolSize) : new Disk()
  return {
    disk: () => made.clone(),
    ledger: (profile) => system.ledger(promised(profile)),
    open(outer, ledger) {
      const world = new PooledWorld(outer, promised(outer.profile), variant)
      const inner = system.open(world, ledger) as T
      return { inner, world }
    },
    check: ({ inner, world }, _outer, ledger) => system.check(inner, world, ledger),
    workload: ({ inner, world }, _outer, ledger) => system.workload(inner, world, ledger),
    abandon({ inner, world }) {
      try {
        void system.abandon?.(inner)
      } finally {
        void world.storage.close()
      }
    },
    tolerates: (error, outer) => system.tolerates?.(error, new PooledView(outer, promised(outer.profile))) === true,
  }
}

/** A disk with the files of a pool, all of them durable, names included. */
function settledPool(poolSize: number): Disk {
  const disk = new Disk()
  const runtime = repeatableRuntime(0)
  const platform = simulatedOpfs(new SimulatedStorage(disk), true)
  const storage = opfsStorage({ directory: 'pool', platform, runtime, poolSize, waitMs: 0, synchronous: true })
  void storage.ready()
  platform.pass(nameSettlingMs)
  void storage.syncNames()
  void storage.close()
  for (const content of disk.contents()) content.sync()
  return disk
}

/** A world as its system sees it, but for what its names promise. */
class PooledView implements World {
  readonly profile: FaultProfile
  readonly outer: World

  constructor(outer: World, profile: FaultProfile) {
    this.outer = outer
    this.profile = profile
  }

  get storage(): LogStorage { return this.outer.storage }
  get runtime(): Runtime { return this.outer.runtime }
  get life(): number { return this.outer.life }
  get stepsMax(): number { return this.outer.stepsMax }
  get isBetrayed(): boolean { return this.outer.isBetrayed }
  get hasDecayed(): boolean { return this.outer.hasDecayed }
  choose(ways: number): number { return this.outer.choose(ways) }
  probe(name: string): void { this.outer.probe(name) }
  note(text: string): void { this.outer.note(text) }
  shutDown(): void { this.outer.shutDown() }
  settleNames(): void { this.outer.settleNames() }
}

/** A world whose storage is the adapter under torture. */
class PooledWorld extends PooledView {
  readonly #platform: SimulatedOpfs
  readonly #storage: LogStorage

  constructor(outer: World, profile: FaultProfile, { poolSize }: PoolVariant) {
    super(outer, profile)
    const { storage: disk, runtime } = outer
    this.#platform = simulatedOpfs(disk, outer.profile.names === 'device')
    const options = { directory: 'pool', platform: this.#platform, runtime, poolSize, waitMs: 0, synchronous: true }
    const storage = opfsStorage(options)
    this.#storage = storage
    void storage.ready()
  }

  override get storage(): LogStorage {
    return this.#storage
  }

  override settleNames(): void {
    super.settleNames()
    this.#platform.pass(nameSettlingMs)
  }
}
