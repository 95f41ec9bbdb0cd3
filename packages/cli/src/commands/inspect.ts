import { inspectLog, type LogInspection } from '@varve/inspect'
import { argument, defineCommand, type Command } from '../command.ts'
import type { ExitCode } from '../exit-code.ts'
import { presentInspection } from '../present/inspection.ts'
import { verdictCode } from '../present/verdict.ts'
import { directoryArgument } from '../definitions.ts'
import { lookOptions, withStorage } from '../with-storage.ts'

export const inspect: Command = defineCommand({
  name: 'inspect',
  summary: 'what is in a directory',
  description: [
    'Lists segments with their state and contents, checkpoints, the floor, what the end of the log means, and every ' +
      'other file by what it is. It looks where an open looks: names, headers, SEALs and the last segment; varve ' +
      'verify looks at every byte. It takes no lock and changes nothing.',
  ],
  arguments: [directoryArgument],
  options: [],
  examples: [
    { line: 'varve inspect ./data', text: 'segments, checkpoints, floor and tail' },
    { line: "varve inspect ./data --json | jq '.segments[].bytes'", text: 'the same for a program' },
  ],
  changesLog: false,
  run: async (context): Promise<ExitCode> => {
    const { system, out } = context
    const inspection: LogInspection = await withStorage(system, argument(context, 0), async (storage) => {
      return await inspectLog(storage, lookOptions(system))
    })
    if (out.isJson) out.document(inspection)
    else presentInspection(inspection, out)
    return verdictCode(inspection)
  },
})
