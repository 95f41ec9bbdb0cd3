import {
  applyRepair,
  planRepair,
  verifyLog,
  type RepairChoice,
  type RepairPlan,
  type RepairReport,
  type Verification,
} from '@varve/inspect'
import type { LogStorage } from 'varve'
import { argument, defineCommand, UsageError, type Command, type Context } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import type { ExitCode } from '../exit-code.ts'
import { ProgressBar } from '../output/progress-bar.ts'
import { lossText, lossWord, presentPlan } from '../present/plan.ts'
import { presentRepair } from '../present/repair.ts'
import { verdictCode } from '../present/verdict.ts'
import { lines, piecesOf } from '../read-input.ts'
import { lookOptions, withStorage } from '../with-storage.ts'

interface RepairOptions {
  readonly apply?: boolean
  readonly choice?: string
  readonly acceptLoss?: string
  readonly note?: string
}

export const repair: Command = defineCommand<RepairOptions>({
  name: 'repair',
  summary: 'the ways out of damage; changes nothing without --apply',
  description: [
    'Prints what is damaged and why that is believed, and for each way out what it does, which records it loses, and ' +
      'which files are copied where. That changes nothing and takes no lock.',
    'With --apply one choice is carried out. Every file that may change is copied to NAME.quarantined first; ' +
      'nothing is overwritten or deleted for good. If exactly one choice loses nothing, --choice may be left out. A ' +
      'loss has to be accepted: with --accept-loss and the exact number of records, or typed when a terminal asks. ' +
      'Afterwards the log is verified; the exit code is that of verify.',
  ],
  arguments: [directoryArgument],
  options: [
    { flags: '--apply', text: 'carry it out' },
    { flags: '--choice <id>', text: 'which way out, as the plan calls it' },
    { flags: '--accept-loss <records>', text: 'exactly how many records may be lost; unknown if the plan says so' },
    { flags: '--note <text>', text: 'kept in the history of the log; who and when by default' },
  ],
  examples: [
    { line: 'varve repair ./data', text: 'the plan' },
    { line: 'varve repair ./data --apply', text: 'the only choice that loses nothing' },
    { line: 'varve repair ./data --apply --choice keep-before --accept-loss 12', text: 'end it before the damage' },
  ],
  changesLog: true,
  run: async (context) => {
    const { system, out, options } = context
    const directory = argument(context, 0)
    return await withStorage(system, directory, async (storage) => {
      const plan = await planned(storage, context)
      if (options.apply !== true) {
        if (out.isJson) out.document(plan)
        else presentPlan(plan, directory, out)
        return verdictCode(plan)
      }
      const choice = chosen(plan, options.choice)
      await confirm(choice, context)
      return await apply(storage, plan, choice, context)
    })
  },
})

async function planned(storage: LogStorage, { system, err }: Context<RepairOptions>): Promise<RepairPlan> {
  const progress = new ProgressBar(err, system)
  try {
    return await planRepair(storage, {
      ...lookOptions(system),
      onProgress: ({ bytesDone, bytesTotal }) => { progress.show(bytesDone, bytesTotal) },
    })
  } finally {
    await progress.end()
  }
}

function chosen({ choices, verdict }: RepairPlan, id: string | undefined): RepairChoice {
  const ids = choices.map((choice) => choice.id)
  if (id === undefined) {
    const [lossless, ...others] = choices.filter(({ isLossless }) => isLossless)
    if (lossless !== undefined && others.length === 0) return lossless
    if (ids.length > 0) throw new UsageError(`say which with --choice: ${ids.join(', ')}`)
  }
  const choice = choices.find((each) => each.id === id)
  if (choice !== undefined) return choice
  if (ids.length > 0) throw new UsageError(`the plan has no choice '${String(id)}'; there are: ${ids.join(', ')}`)
  throw new UsageError(`there is nothing to apply: the log is ${verdict}, and the plan offers no choice`)
}

async function confirm(choice: RepairChoice, context: Context<RepairOptions>): Promise<void> {
  if (choice.isLossless) return
  const { system, err, options } = context
  const due = lossWord(choice)
  const given = options.acceptLoss ?? (system.stdin.isTerminal ? await asked(choice, context) : undefined)
  // The plan shows it with commas, its command without.
  if (given?.replaceAll(',', '') === due) return
  const loss = `${choice.id} loses ${choice.lost.length === 0 ? 'a checkpoint' : lossText(choice.lost)}`
  if (given === undefined) throw new UsageError(`${loss}; accept that with --accept-loss ${due}`)
  await err.flush()
  throw new UsageError(`${loss}, and '${given}' was accepted, not '${due}'; nothing was changed`)
}

async function asked(choice: RepairChoice, { system, err }: Context<RepairOptions>): Promise<string | undefined> {
  err.line(`${choice.id} loses ${lossText(choice.lost)}.`)
  err.print(`To go on, type ${lossWord(choice)}: `)
  await err.flush()
  for await (const line of lines(piecesOf(system.stdin, system))) return Buffer.from(line).toString().trim()
  return undefined
}

async function apply(
  storage: LogStorage,
  plan: RepairPlan,
  choice: RepairChoice,
  { system, out, options, ...context }: Context<RepairOptions>,
): Promise<ExitCode> {
  const when = new Date(system.now()).toISOString()
  const note = options.note ?? `varve repair by ${system.env.USER ?? 'somebody'} at ${when}`
  const report: RepairReport = await applyRepair(storage, plan, choice.id, { ...lookOptions(system), note })
  const verification: Verification = await verifyLog(storage, lookOptions(system))
  if (out.isJson) out.document({ report, verification })
  else presentRepair(report, verification, argument(context, 0), out)
  return verdictCode(verification)
}
