import { promoteReplica } from 'varve'
import { argument, defineCommand, UsageError, type Command } from '../command.ts'
import { confirm } from '../copy/confirm.ts'
import { exitCode } from '../exit-code.ts'
import { pairs, wrap } from '../output/table.ts'
import { count } from '../output/units.ts'
import { withStorage } from '../with-storage.ts'

interface PromoteFlags {
  readonly yes?: boolean
}

const meaning =
  'The replica becomes a log of its own, which takes records. Copies of it will refuse whatever its old primary ' +
  'writes from now on, and the old primary cannot be stopped from here: see to it that nobody writes there any more. ' +
  'What the primary had acknowledged and this copy had not received is not in it. There is no way back: the old ' +
  'primary comes back as a copy, in an empty directory.'

export const promote: Command = defineCommand<PromoteFlags>({
  name: 'promote',
  summary: 'make a replica a log',
  description: [
    meaning,
    'If it fails or dies, run it again. When it then says NOT_FOUND, it had been done.',
  ],
  arguments: [{ name: 'DIR', text: 'directory of the replica' }],
  options: [{ flags: '-y, --yes', text: 'do it without asking' }],
  examples: [{ line: 'varve promote /mnt/other/data', text: 'fail over to a copy, after a question' }],
  changesLog: true,
  run: async (context) => {
    const { system, out, err, options } = context
    const directory = argument(context, 0)
    if (options.yes !== true) {
      err.lines(wrap(meaning, err.columns))
      const answer = await confirm(context, `Promote ${directory}?`)
      if (answer === undefined) throw new UsageError('there is no terminal to ask on: pass --yes.')
      if (!answer) {
        err.line('Nothing was changed.')
        return exitCode.notice
      }
    }
    await withStorage(system, directory, async (storage) => {
      const log = await promoteReplica({ storage, ...(system.runtime && { runtime: system.runtime }) })
      const { firstSequence, lastSequence } = log
      const epoch = log.segments.at(-1)?.header.epoch
      await log.close()
      if (out.isJson) out.document({ directory, firstSequence, lastSequence, epoch })
      else {
        const facts = [
          ['promoted', directory],
          ['last record', count(lastSequence)],
          ['epoch', String(epoch)],
        ] as const
        out.lines(pairs(facts, out.style.dim, out.columns))
      }
    })
    return exitCode.fine
  },
})
