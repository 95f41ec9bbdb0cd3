import { verifyLog } from '@varve/inspect'
import { argument, defineCommand, type Command } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { presentVerification } from '../present/verification.ts'
import { verdictCode, worstOf } from '../present/verdict.ts'
import { lookOptions, withStorage } from '../with-storage.ts'

export const checkpointVerify: Command = defineCommand({
  name: 'checkpoint verify',
  summary: 'whether the checkpoints of a log are whole',
  description: [
    'Reads every checkpoint to its end, holds it against the list that the log keeps, and against the log: its ' +
      'segments are read as well, and what is wrong with them is left to varve verify.',
  ],
  arguments: [directoryArgument],
  options: [],
  examples: [{ line: 'varve checkpoint verify ./data', text: 'a verdict for each file' }],
  changesLog: false,
  run: async (context) => {
    const { system, out, err } = context
    const progress = new ProgressBar(err, system)
    const whole = await withStorage(system, argument(context, 0), async (storage) => {
      try {
        return await verifyLog(storage, {
          ...lookOptions(system),
          onProgress: ({ bytesDone, bytesTotal }) => { progress.show(bytesDone, bytesTotal) },
        })
      } finally {
        await progress.end()
      }
    })
    const findings = whole.findings.filter(({ code }) => code.startsWith('checkpoint.'))
    const files = whole.files.filter(({ name }) => name.endsWith('.checkpoint'))
    const verdict = worstOf(findings)
    const verification = { ...whole, files, findings, verdict }
    if (out.isJson) out.document(verification)
    else presentVerification(verification, out)
    return verdictCode(verification)
  },
})
