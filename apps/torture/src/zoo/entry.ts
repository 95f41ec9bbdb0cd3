import type { TortureCase } from '../cases/case.ts'
import { tortureCases } from '../cases/cases.ts'
import { runCase } from '../cases/run-case.ts'
import { decayCases, runDecayCase } from './decay-case.ts'
import { lockCases, runLockCase } from './lock-case.ts'
import type { CaseOutcome, Order } from './order.ts'

// The program of a bundle: runs the cases that its argument names, prints a line of JSON for each as it ends.

interface Looking {
  readonly goesOn: () => boolean
  readonly started: () => void
}

interface Seen {
  readonly looked: number
  readonly failure: { readonly violation: string; readonly tape: readonly number[] } | undefined
}

const order = JSON.parse(process.argv[2] ?? '') as Order
// A name that is not known must end the program: nothing that fails before a case begins has been caught.
const cases = order.cases.map((name) => ({ name, look: lookOf(name) }))
for (const { name, look } of cases) {
  const outcome = await outcomeOf(name, look)
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
  if (outcome.violation !== undefined && !order.all) break
}

function lookOf(name: string): (looking: Looking) => Seen | Promise<Seen> {
  const lock = lockCases.find((each) => each.name === name)
  if (lock !== undefined) return (looking) => runLockCase(lock, looking)
  const decay = decayCases.find((each) => each.name === name)
  if (decay !== undefined) return (looking) => runDecayCase(decay, looking)
  const usual = tortureCases.find((each) => each.name === name)
  if (usual === undefined) throw new Error(`there is no case ${name}`)
  return ({ goesOn, started }) => runCase(counted(usual, started), { seed: order.seed, probe: () => {}, goesOn })
}

async function outcomeOf(name: string, look: (looking: Looking) => Seen | Promise<Seen>): Promise<CaseOutcome> {
  const began = performance.now()
  // Processes that were started: what a budget counts, whatever the way of looking.
  let started = 0
  const looking = { goesOn: () => started < order.states, started: () => { started += 1 } }
  try {
    const { looked, failure } = await look(looking)
    // Cases that start processes of their own kind count them as what they looked at.
    return { case: name, started: started || looked, looked, ms: performance.now() - began, ...failure }
  } catch (error) {
    // So broken that it fails where a log never does, or waits for ever. That the code as it is does not is checked.
    const violation = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { case: name, started, looked: started, ms: performance.now() - began, violation, tape: [] }
  }
}

/** The same case, which tells of every process that it starts. */
function counted(what: TortureCase, started: () => void): TortureCase {
  const system: TortureCase['system'] = () => {
    const inner = what.system()
    return {
      ...inner,
      open: (world, ledger) => {
        started()
        return inner.open(world, ledger)
      },
    }
  }
  return { ...what, system }
}
