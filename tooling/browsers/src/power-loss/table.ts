import type { Condition, Outcome, Round } from './round.ts'

const outcomes: readonly Outcome[] = ['kept', 'lost', 'gone', 'unreadable', 'false']

/** Of one browser under one condition. */
export interface Tally {
  readonly browser: string
  readonly condition: Condition
  readonly rounds: number
  readonly acknowledged: number
  readonly segmentsRemoved: number
  /** Acknowledged records. */
  readonly lost: number
  readonly outcomes: Readonly<Record<Outcome, number>>
}

export function tally(rounds: readonly Round[]): Tally[] {
  const groups = [...new Set(rounds.map(({ browser, condition }) => `${browser} ${condition}`))].sort()
  return groups.map((group) => {
    const of = rounds.filter(({ browser, condition }) => `${browser} ${condition}` === group)
    const sum = (value: (round: Round) => number): number => of.reduce((total, round) => total + value(round), 0)
    const counts = outcomes.map((each) => [each, of.filter(({ outcome }) => outcome === each).length] as const)
    const [{ browser, condition }] = of as [Round]
    return {
      browser,
      condition,
      rounds: of.length,
      acknowledged: sum((round) => round.acknowledged),
      segmentsRemoved: sum((round) => round.segmentsRemoved),
      lost: sum((round) => round.lost),
      outcomes: Object.fromEntries(counts) as Record<Outcome, number>,
    }
  })
}

/** For people, and for Markdown. */
export function tableLines(tallies: readonly Tally[]): string[] {
  const head = ['browser', 'condition', 'rounds', 'acknowledged', 'segments removed', 'lost', ...outcomes]
  const rows = tallies.map(({ browser, condition, rounds, acknowledged, segmentsRemoved, lost, outcomes: counts }) => [
    browser, condition, rounds, acknowledged, segmentsRemoved, lost, ...outcomes.map((each) => counts[each]),
  ])
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/**
 * What of it breaks a promise, or shows that nothing was measured. A young pool promises nothing of names, and says so;
 * but never may a log show what nobody wrote.
 */
export function violations(rounds: readonly Round[]): string[] {
  const broken = rounds.filter(({ condition, outcome, names }) => {
    return condition === 'naive' ? false : outcome === 'false' || (outcome !== 'kept' && names === 'device')
  })
  const lines = broken.map(({ browser, condition, outcome, lost, detail }) => {
    return `${browser}, ${condition}: ${outcome}, ${lost} acknowledged records lost: ${detail}`
  })
  const chromium = rounds.filter(({ browser, condition }) => browser === 'chromium' && condition === 'naive')
  const isBlunt = chromium.length >= 5 && chromium.every(({ outcome }) => outcome === 'kept')
  return isBlunt ? [...lines, 'chromium, naive: nothing was lost, so that these cuts show nothing'] : lines
}
