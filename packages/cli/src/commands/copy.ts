import { resolve } from 'node:path'
import { openReplica } from 'varve'
import { argument, defineCommand, type Command } from '../command.ts'
import { presentCopy } from '../copy/present.ts'
import { checkApart, runCopy, type CopyProgress } from '../copy/run-copy.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { withLog, withStorage } from '../with-storage.ts'

interface CopyFlags {
  readonly follow?: boolean
  readonly reclaim?: boolean
}

export const copy: Command = defineCommand<CopyFlags>({
  name: 'copy',
  summary: 'copy a log into a replica, and keep it up',
  description: [
    'Brings DST, an empty directory or a replica of SRC, up to what is durable in SRC: the bytes of its segments as ' +
      'they are, each piece verified before it is written, and the checkpoints. SRC is only read, beside a writer if ' +
      'there is one. If it is interrupted anywhere, the same command goes on at the place that was synced.',
    'DST is a replica: it can be read, verified and copied, and nothing can be appended to it until varve promote ' +
      'makes it a log. What is not a copy of SRC is refused and left as it is (exit code 5).',
  ],
  arguments: [
    { name: 'SRC', text: 'directory of the log' },
    { name: 'DST', text: 'directory of the copy' },
  ],
  options: [
    { flags: '-f, --follow', text: 'go on as SRC grows, until Ctrl-C (exit code 130)' },
    { flags: '--reclaim', text: 'remove from DST the segments that SRC promises no more' },
  ],
  examples: [
    { line: 'varve copy ./data /mnt/other/data', text: 'once; again later for what is new' },
    { line: 'varve copy ./data /mnt/other/data --follow', text: 'a copy that is ready to take over' },
  ],
  changesLog: true,
  run: async (context) => {
    const { system, out, err, options } = context
    const [source, target] = [argument(context, 0), argument(context, 1)]
    checkApart(resolve(source), resolve(target))
    const progress = new ProgressBar(err, system)
    const onProgress = ({ bytesDone, bytesTotal, isFollowing }: CopyProgress): void => {
      progress.show(bytesDone, isFollowing ? undefined : bytesTotal)
    }
    const outcome = await withLog(system, source, { readOnly: true }, async (log) => {
      return await withStorage(system, target, async (storage) => {
        const replica = await openReplica({ storage, ...(system.runtime && { runtime: system.runtime }) })
        try {
          const { follow = false, reclaim = false } = options
          return await runCopy(log, replica, storage, { follow, reclaim, signal: system.interrupt, onProgress })
        } finally {
          await replica.close()
        }
      })
    })
    await progress.end()
    return presentCopy({ source, target, durationMs: progress.elapsedMs, ...outcome }, out)
  },
})
