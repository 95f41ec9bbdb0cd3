/** Too many seconds of a browser for the whole step. None of them sees more than numbers in memory. */
interface Long {
  readonly because: string
  readonly files: readonly string[]
}

function inSegments(folder: string, ...names: readonly string[]): string[] {
  return names.map((name) => `packages/segments/test/${folder}/${name}.test.ts`)
}

/** Every byte, every crash: the tests beside them look at the same code with fewer of them. */
const walks: Long = {
  because: 'it tries everything there is, which takes long',
  files: [
    ...inSegments('crash', 'exhaustive-async', 'exhaustive-blocks', 'exhaustive-sync', 'faults', 'nested'),
    ...inSegments('crash', 'hazards-names', 'hazards-recycling', 'hazards-retention', 'hazards-syncs', 'hazards-tails'),
    ...inSegments('damage', 'byte-flips', 'byte-flips-variants', 'sectors', 'truncation', 'truncation-inside'),
  ],
}

/**
 * Lives drawn at random, in memory. Of those the simulated torture draws some in browsers, with everything in them, and
 * the golden files and their tests say what the bytes are.
 */
const searches: Long = {
  because: 'it searches at random for long, in memory',
  files: [
    'packages/checkpoint/test/young-names.test.ts',
    ...inSegments('crash', 'random-lives', 'scheduled'),
    ...inSegments('format', 'independent-decoder'),
    ...inSegments('properties', 'admission', 'bursts', 'equivalence', 'lookups', 'model', 'recovery', 'retention'),
    ...inSegments('reader', 'lookup-scheduled', 'tail-scheduled'),
    ...inSegments('replica', 'forks', 'histories'),
  ],
}

/** A minute of load, looked at after every call. */
const load: Long = {
  because: 'it is a minute of load on a simulated clock',
  files: inSegments('writer', 'overload'),
}

/** Files of tests that take from 5 to 80 seconds of a browser, and why they can stay at home. */
export const long: ReadonlyMap<string, string> = new Map(
  [walks, searches, load].flatMap(({ because, files }) => files.map((file) => [file, because] as const)),
)
