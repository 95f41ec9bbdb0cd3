import type { VarveError } from '@varve/codec'
import type { CheckDefinition } from '../definition.ts'

const oneWriter = 'lock(): becomes the only writer, or fails with LOCKED, naming the holder'
const epoch = 'generation: higher than that of any holder before; at least 1, a safe integer'

export const lockChecks: readonly CheckDefinition[] = [
  {
    id: 'lock.taken',
    title: 'a free lock is given, with a holder and a generation',
    contract: epoch,
    async run(bench) {
      const lock = await bench.lock()
      bench.that(typeof lock.holder === 'string' && lock.holder !== '', 'the holder has no name')
      const { generation } = lock
      bench.that(Number.isSafeInteger(generation) && generation >= 1, `the generation is ${generation}`)
    },
  },
  {
    id: 'lock.exclusive',
    title: 'a second storage on the directory is refused while the first holds the lock',
    contract: oneWriter,
    async run(bench) {
      await bench.lock()
      // A platform may refuse the second storage as a whole.
      await bench.fails('a second lock', 'LOCKED', async () => bench.lock(await bench.openStorage()))
    },
  },
  {
    id: 'lock.exclusive-self',
    title: 'the storage that holds the lock is refused a second one',
    contract: oneWriter,
    async run(bench) {
      await bench.lock()
      await bench.fails('a second lock on the same storage', 'LOCKED', () => bench.lock())
    },
  },
  {
    id: 'lock.names-holder',
    title: 'the refusal names the holder as the lock does',
    contract: oneWriter,
    async run(bench) {
      const { holder } = await bench.lock()
      const error = (await bench.fails('a second lock', 'LOCKED', () => bench.lock())) as VarveError
      bench.equal(error.context.holder, holder, 'context.holder of the refusal')
      bench.that(error.message.includes(holder), `the message "${error.message}" does not name ${holder}`)
    },
  },
  {
    id: 'lock.generation',
    title: 'after a release the lock is given again, with a higher generation',
    contract: epoch,
    async run(bench) {
      let last = 0
      for (let round = 0; round < 3; round += 1) {
        const lock = await bench.lock()
        bench.that(lock.generation > last, `generation ${lock.generation} follows ${last}`)
        last = lock.generation
        await lock.release()
      }
    },
  },
  {
    id: 'lock.generation-persists',
    title: 'the generation goes on where it was after the storage was opened again',
    contract: epoch,
    async run(bench) {
      const first = await bench.lock()
      await first.release()
      await bench.storage.close()
      const second = await bench.lock(await bench.openStorage())
      bench.that(second.generation > first.generation, `generation ${second.generation} follows ${first.generation}`)
    },
  },
  {
    id: 'lock.release-twice',
    title: 'a second release succeeds and does not touch the lock of the next holder',
    contract: 'release() gives up this lock',
    async run(bench) {
      const first = await bench.lock()
      await first.release()
      await first.release()
      await bench.lock()
      await first.release()
      await bench.fails('a lock while the next holder has it', 'LOCKED', () => bench.lock())
    },
  },
  {
    id: 'lock.close-releases',
    title: 'closing the storage gives the lock back',
    contract: 'close(): gives up what the storage holds',
    async run(bench) {
      const first = await bench.lock()
      await bench.storage.close()
      const second = await bench.lock(await bench.openStorage())
      bench.that(second.generation > first.generation, `generation ${second.generation} follows ${first.generation}`)
      // Late, as from a finally block of the first holder.
      await first.release()
    },
  },
]
