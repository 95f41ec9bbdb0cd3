import { inspectLog } from '@varve/inspect'
import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { exitCode } from '../exit-code.ts'
import { presentCheckpoints } from '../present/checkpoints.ts'
import { lookOptions, withStorage } from '../with-storage.ts'

export const checkpointList: Command = defineCommand({
  name: 'checkpoint list',
  summary: 'the checkpoints of a log',
  description: ['Lists the checkpoints that the log keeps, and those that are there and not kept. They are not read.'],
  arguments: [directoryArgument],
  options: [],
  examples: [{ line: 'varve checkpoint list ./data', text: 'oldest first' }],
  changesLog: false,
  run: async (context) => {
    const { system, out } = context
    const { checkpoints } = await withStorage(system, argument(context, 0), async (storage) => {
      return await inspectLog(storage, lookOptions(system))
    })
    if (out.isJson) out.document({ checkpoints })
    else if (checkpoints.length === 0) out.line('there is no checkpoint')
    else presentCheckpoints(checkpoints, out)
    return checkpoints.some(({ size }) => size === undefined) ? exitCode.corrupt : exitCode.fine
  },
})
