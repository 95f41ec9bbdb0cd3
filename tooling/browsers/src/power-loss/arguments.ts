import { parseArgs } from 'node:util'
import { browserNames, type BrowserName } from '../driver/find.ts'
import { conditions, type Condition } from './round.ts'

export interface PowerLossArguments {
  readonly browsers: readonly BrowserName[]
  readonly conditions: readonly Condition[]
  /** Power losses of each browser under each condition; undefined: 15 of an old pool, 5 of the others. */
  readonly rounds: number | undefined
  readonly seed: number
  /** Where to write everything as JSON. */
  readonly json: string | undefined
  /** Fill a disk as well. */
  readonly fullDisk: boolean
}

const usage = '[--browser NAME] [--condition NAME|none] [--rounds N] [--seed N] [--json FILE] [--full-disk]'

/** @throws Error that says what is allowed. */
export function parseArguments(args: readonly string[]): PowerLossArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      browser: { type: 'string' },
      condition: { type: 'string' },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'string' },
      'full-disk': { type: 'boolean', default: false },
    },
  })
  return {
    browsers: values.browser === undefined ? browserNames : [one(values.browser, browserNames)],
    conditions: conditionsNamed(values.condition),
    rounds: values.rounds === undefined ? undefined : whole(values.rounds),
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : whole(values.seed),
    json: values.json,
    fullDisk: values['full-disk'],
  }
}

function conditionsNamed(name: string | undefined): readonly Condition[] {
  if (name === 'none') return []
  return name === undefined ? conditions : [one(name, conditions)]
}

function one<Name extends string>(name: string, names: readonly Name[]): Name {
  const found = names.find((each) => each === name)
  if (found === undefined) throw new Error(`'${name}' is none of ${names.join(', ')}: ${usage}`)
  return found
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`'${text}' is no number from 1 on: ${usage}`)
  return value
}
