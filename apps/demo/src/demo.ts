import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError, type DemoArguments } from './arguments.ts'
import { runChild, type Death } from './child.ts'
import { counted } from './format.ts'
import { drawMoment } from './kill-plan.ts'
import { Ledger } from './ledger.ts'
import { Progress } from './progress.ts'
import { seededRandom } from './random.ts'
import { report } from './report.ts'
import type { Screen } from './screen.ts'
import { largestText, readSourceFile, type SourceFile } from './source-file.ts'
import { verify, type Verified } from './verify.ts'

/** Small, so that a short run has many rotations. */
const segmentBytesMin = 256 * 1024
const blockBytes = 4096
/** How long a child takes to open the log, until one has shown it. */
const openingMsGuess = 200

const repository = resolve(import.meta.dirname, '..', '..', '..')

/** What the run leaves behind for the report. */
interface Outcome {
  readonly kills: number
  readonly killsWhileOpening: number
  readonly writingMs: number
}

/**
 * Runs the demo and returns its exit status. `signal` ends the killing early; what was acknowledged until then is
 * verified all the same.
 */
export async function runDemo(args: DemoArguments, screen: Screen, signal: AbortSignal): Promise<number> {
  const source = readSourceFile(args.file ?? largestText(repository))
  const directory = makeDirectory(args.directory)
  screen.write(`${source.path}: ${counted(source.lines.length, 'line')}; seed ${args.seed}\n`)
  const ledger = new Ledger()
  let outcome: Outcome
  let verified: Verified
  try {
    outcome = await killAndContinue(args, source, directory, ledger, screen, signal)
    verified = await verify({ directory }, source, ledger)
  } catch (error) {
    screen.write(`FAILED: ${error instanceof Error ? error.message : String(error)}\n`)
    screen.write(`the log lies in ${directory}; seed ${args.seed}\n`)
    return 1
  }
  if (!args.keep) rmSync(directory, { recursive: true })
  const isFinished = ledger.closedAt !== undefined
  if (!isFinished) screen.write(`interrupted after ${counted(outcome.kills, 'kill')}\n`)
  screen.write('every acknowledged line is there, once, in order, byte for byte\n')
  screen.write(report({ ...outcome, seed: args.seed, directory, kept: args.keep }, source, ledger, verified))
  return isFinished ? 0 : 130
}

/** The sequence numbers must begin at 1, so a log that is there already will not do. */
function makeDirectory(wanted: string | undefined): string {
  if (wanted === undefined) return mkdtempSync(join(tmpdir(), 'varve-demo-'))
  const directory = resolve(wanted)
  mkdirSync(directory, { recursive: true })
  if (readdirSync(directory).length > 0) throw new UsageError(`${directory} is not empty`)
  return directory
}

/** One child after another, each killed but the last, which finishes the lap. */
async function killAndContinue(
  args: DemoArguments,
  source: SourceFile,
  directory: string,
  ledger: Ledger,
  screen: Screen,
  signal: AbortSignal,
): Promise<Outcome> {
  const random = seededRandom(args.seed)
  const progress = new Progress(screen, args.kills)
  const segmentBytes = Math.max(segmentBytesMin, Math.ceil((4 * source.longestLineBytes) / blockBytes) * blockBytes)
  const { path: file } = source
  const compileCache = mkdtempSync(join(tmpdir(), 'varve-demo-compiled-'))
  let openingMs = openingMsGuess
  let kills = 0
  let killsWhileOpening = 0
  let writingMs = 0
  const run = async (finish: boolean): Promise<Death> => {
    const death = await runChild({
      orders: { directory, file, segmentBytes, life: kills + 1, finish, dishonest: args.dishonest },
      compileCache,
      ledger,
      kill: finish ? undefined : drawMoment(random, openingMs),
      signal,
      onProgress: () => { progress.show(kills, ledger.lastAcknowledged) },
    })
    openingMs = death.openingMs ?? openingMs
    writingMs += death.writingMs
    return death
  }
  try {
    while (kills < args.kills && !signal.aborted) {
      const death = await run(false)
      kills += 1
      if (death.openingMs === undefined) killsWhileOpening += 1
    }
    if (!signal.aborted) await run(true)
  } finally {
    progress.end()
    rmSync(compileCache, { recursive: true })
  }
  return { kills, killsWhileOpening, writingMs }
}
