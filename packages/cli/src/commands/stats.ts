import { argument, defineCommand, type Command } from '../command.ts'
import { collectStatistics } from '../collect-statistics.ts'
import { directoryArgument } from '../definitions.ts'
import { exitCode } from '../exit-code.ts'
import { mustBeWhole } from '../must-be-whole.ts'
import { presentStatistics } from '../present/statistics.ts'
import { withLog } from '../with-storage.ts'

export const stats: Command = defineCommand({
  name: 'stats',
  summary: 'what the records of a log are like',
  description: [
    'Reads every record once: how many there are, how large payloads are, which types they have, and how much of the ' +
      'files is payload. It takes no lock.',
  ],
  arguments: [directoryArgument],
  options: [],
  examples: [{ line: 'varve stats ./data', text: 'counts, sizes and types' }],
  changesLog: false,
  run: async (context) => {
    const { system, out } = context
    return await withLog(system, argument(context, 0), { readOnly: true }, async (log) => {
      const statistics = await collectStatistics(log, system.interrupt)
      if (statistics === exitCode.interrupted) return statistics
      const segments = log.segments.filter(({ state }) => state !== 'archived')
      const frameBytes = segments.reduce((sum, { end }) => sum + end, 0)
      const all = { ...statistics, segments: segments.length, frameBytes }
      if (out.isJson) out.document(all)
      else presentStatistics(all, out)
      mustBeWhole(log)
      return exitCode.fine
    })
  },
})
