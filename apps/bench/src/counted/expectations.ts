import type { Counts } from './counting-fs.ts'

/** Counts by scenario. */
export type Section = Readonly<Record<string, Counts>>

/** What was counted, or is expected. `counted.json` holds it as it is. */
export interface Counted {
  /** The same everywhere: a difference in either direction is a change that a reviewer should see. */
  readonly exact: Readonly<Record<string, Section>>
  /** Differs between versions of Node, by major, and a little from run to run: more than there is room for fails. */
  readonly bounded: Readonly<Record<string, Readonly<Record<string, Section>>>>
}

/** What is not as expected, a line each. */
export function differences(expected: Counted, actual: Counted): readonly string[] {
  return [
    ...compare(expected.exact, actual.exact, (before, now) => before !== now),
    ...Object.entries(actual.bounded).flatMap(([node, sections]) =>
      compare(boundsOf(expected, node), sections, (before, now) => now > before + roomOf(before)),
    ),
  ]
}

/** What to expect from now on. A bounded count that has changed by no more than there is room for is left as it was. */
export function updated(expected: Counted, actual: Counted): Counted {
  const bounded = Object.entries(actual.bounded).map(([node, sections]) => [
    node,
    map(sections, (now, path) => {
      const before = at(expected.bounded[node] ?? {}, path)
      return before !== undefined && Math.abs(now - before) <= roomOf(before) ? before : now
    }),
  ])
  const all = { ...expected.bounded, ...(Object.fromEntries(bounded) as Counted['bounded']) }
  const inOrder = Object.entries(all).sort(([a], [b]) => Number(a) - Number(b))
  return { exact: actual.exact, bounded: Object.fromEntries(inOrder) }
}

/** A count of this size differs from run to run by up to so much. */
function roomOf(count: number): number {
  return 16 + count / 20
}

/** Those of the nearest major below, if it has none of its own: a new Node must not fail for being new. */
function boundsOf({ bounded }: Counted, node: string): Readonly<Record<string, Section>> {
  const majors = Object.keys(bounded).map(Number).sort((a, b) => a - b)
  const major = majors.findLast((each) => each <= Number(node)) ?? majors[0]
  return bounded[String(major)] ?? {}
}

type Path = readonly [section: string, scenario: string, count: string]

function compare(
  expected: Readonly<Record<string, Section>>,
  actual: Readonly<Record<string, Section>>,
  differs: (before: number, now: number) => boolean,
): readonly string[] {
  const paths = new Map([...pathsOf(expected), ...pathsOf(actual)].map((path) => [path.join('\n'), path]))
  return [...paths.values()].flatMap((path) => {
    const [before, now] = [at(expected, path), at(actual, path)]
    // What is not there was not called: a count of zero.
    const same = before !== undefined && now !== undefined ? !differs(before, now) : (before ?? now) === 0
    return same ? [] : [`${path.join(': ')}: expected ${before ?? 'none'}, counted ${now ?? 'none'}`]
  })
}

function pathsOf(sections: Readonly<Record<string, Section>>): readonly Path[] {
  return Object.entries(sections).flatMap(([section, scenarios]) =>
    Object.entries(scenarios).flatMap(([scenario, counts]) =>
      Object.keys(counts).map((count) => [section, scenario, count] as const),
    ),
  )
}

function at(sections: Readonly<Record<string, Section>>, [section, scenario, count]: Path): number | undefined {
  return sections[section]?.[scenario]?.[count]
}

function map(
  sections: Readonly<Record<string, Section>>,
  change: (count: number, path: Path) => number,
): Readonly<Record<string, Section>> {
  const mapped: Record<string, Record<string, Record<string, number>>> = {}
  for (const path of pathsOf(sections)) {
    const [section, scenario, count] = path
    const scenarios = (mapped[section] ??= {})
    const counts = (scenarios[scenario] ??= {})
    counts[count] = change(at(sections, path) ?? 0, path)
  }
  return mapped
}
