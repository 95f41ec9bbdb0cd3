// Cuts the power under real browsers: `pnpm browsers:power-loss`, as root on Linux. It formats images in the directory
// for temporary files, mounts them, shuts the file systems down and removes them. See docs/BROWSERS.md.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { cannotCut } from '../../../../apps/torture/src/real/cannot-cut.ts'
import { seededRandom } from '../../../../apps/torture/src/real/random.ts'
import { bundle } from '../bundle/bundle.ts'
import { findBrowser, type BrowserName } from '../driver/find.ts'
import { parseArguments, type PowerLossArguments } from './arguments.ts'
import { fillDisk, type FullDisk } from './full-disk.ts'
import { lanes } from './lanes.ts'
import { scrapAll } from './machine.ts'
import type { Round } from './round.ts'
import { tableLines, tally, violations } from './table.ts'

const roundsDefault = { old: 15, young: 5, naive: 5 } as const

const given = parseArguments(process.argv.slice(2))
const rounds: Round[] = []
const fullDisks: FullDisk[] = []
const failures: string[] = []

/** One browser after the conditions of each other; the browsers run side by side. */
async function runIn(
  browser: BrowserName,
  scripts: ReadonlyMap<string, Uint8Array>,
  { conditions, seed, rounds: asked, fullDisk }: PowerLossArguments,
): Promise<void> {
  const random = seededRandom(seed)
  const done = (round: Round): void => {
    rounds.push(round)
    const { condition, outcome, acknowledged, lost, row, detail } = round
    console.log(`${browser} ${condition}: ${outcome}, ${acknowledged} acknowledged, ${lost} lost, ${row} ${detail}`)
  }
  for (const condition of conditions) {
    await attempt(`${browser}, ${condition}`, async () => {
      await lanes[condition]({ browser, scripts, rounds: asked ?? roundsDefault[condition], random, done })
    })
  }
  if (fullDisk) await attempt(`${browser}, full disk`, async () => { fullDisks.push(await fillDisk(browser, scripts)) })
}

async function attempt(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    const failure = `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
    console.log(failure)
    failures.push(failure)
  }
}

function versionOf(browser: BrowserName): string {
  return execFileSync(findBrowser(browser) ?? browser, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    scrapAll()
    process.exit(1)
  })
}

const refusal = cannotCut('ext4', 'ioctl')
const present = given.browsers.filter((browser) => findBrowser(browser) !== undefined)
for (const browser of given.browsers.filter((each) => !present.includes(each))) {
  console.log(`skipped: ${browser} is not installed`)
}
if (refusal !== undefined) {
  console.log(`skipped: no power can be cut here: ${refusal}`)
} else {
  const { scripts } = await bundle()
  const versions = Object.fromEntries(present.map((browser) => [browser, versionOf(browser)]))
  const began = new Date().toISOString()
  console.log(`seed ${given.seed}, ${Object.values(versions).join(', ')}`)
  await Promise.all(present.map((browser) => runIn(browser, scripts, given)))
  const tallies = tally(rounds)
  failures.push(...violations(rounds))
  for (const line of tableLines(tallies)) console.log(line)
  for (const each of fullDisks) console.log(`full disk: ${JSON.stringify(each)}`)
  for (const failure of failures) console.log(`FAILED ${failure}`)
  if (given.json !== undefined) {
    const report = { began, kernel: release(), versions, seed: given.seed, tallies, rounds, fullDisks, failures }
    writeFileSync(given.json, `${JSON.stringify(report, null, 2)}\n`)
  }
  process.exitCode = failures.length === 0 ? 0 : 1
}
