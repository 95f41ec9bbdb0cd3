import { verifyLog } from '@varve/inspect'
import { argument, defineCommand, UsageError, type Command } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { verdictCode } from '../present/verdict.ts'
import { presentVerification } from '../present/verification.ts'
import { lookOptions, withStorage } from '../with-storage.ts'

interface VerifyOptions {
  readonly deep?: boolean
  readonly quick?: boolean
}

export const verify: Command = defineCommand<VerifyOptions>({
  name: 'verify',
  summary: 'whether a log is intact',
  description: [
    'Reads every byte that means something: headers, frames, SEALs, the chain over all segments, and checkpoints. ' +
      'Each file gets a verdict, each damage a code, a place and the evidence. It takes no lock and changes ' +
      'nothing; beside a living writer an end that moves is never taken for damage.',
    'intact: exit 0. torn: an end that was never acknowledged as durable, which the next open discards: exit 1. ' +
      'corrupt: exit 2. unreadable, of a newer version or another log: exit 5.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '--deep', text: 'every byte; this is the default' },
    { flags: '--quick', text: 'only what an open looks at: names, headers, SEALs and the last segment' },
  ],
  examples: [
    { line: 'varve verify ./data', text: 'every byte, with a bar and a rate on a terminal' },
    { line: 'varve verify ./data --quick && ./start-service', text: 'start only if an open would succeed' },
    { line: "varve verify ./data --json | jq -r '.findings[].code'", text: 'what is wrong, for a program' },
  ],
  changesLog: false,
  run: async (context) => {
    const { system, out, err, options } = context
    if (options.deep === true && options.quick === true) throw new UsageError('--deep and --quick exclude each other')
    const progress = new ProgressBar(err, system)
    const verification = await withStorage(system, argument(context, 0), async (storage) => {
      try {
        return await verifyLog(storage, {
          ...lookOptions(system),
          deep: options.quick !== true,
          onProgress: ({ bytesDone, bytesTotal }) => { progress.show(bytesDone, bytesTotal) },
        })
      } finally {
        await progress.end()
      }
    })
    if (out.isJson) out.document(verification)
    else presentVerification(verification, out)
    return verdictCode(verification)
  },
})
