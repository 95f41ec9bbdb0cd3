import { browserNames, type BrowserName } from './driver/find.ts'

export interface BrowsersArguments {
  readonly browsers: readonly BrowserName[]
  /** Files of tests and scenarios whose path or name matches. */
  readonly only: RegExp | undefined
  /** Where to write how many tests passed and failed, as JSON. */
  readonly report: string | undefined
}

/** `[--browser NAME] [--only REGEX] [--report FILE]`. @throws Error that says what is allowed. */
export function parseArguments(args: readonly string[]): BrowsersArguments {
  const given = new Map<string, string>()
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value] = args.slice(at, at + 2)
    if (!['--browser', '--only', '--report'].includes(name) || value === undefined) {
      throw new Error(`'${name}' is not understood: [--browser NAME] [--only REGEX] [--report FILE]`)
    }
    given.set(name, value)
  }
  const only = given.get('--only')
  return {
    browsers: browsersNamed(given.get('--browser')),
    only: only === undefined ? undefined : new RegExp(only),
    report: given.get('--report'),
  }
}

function browsersNamed(name: string | undefined): readonly BrowserName[] {
  if (name === undefined) return browserNames
  const browser = browserNames.find((each) => each === name)
  if (browser === undefined) throw new Error(`there is no browser '${name}': ${browserNames.join(', ')}`)
  return [browser]
}
