import { styleText } from 'node:util'
import type { RealReport } from '../real/run.ts'
import type { MutantResult, ZooReport } from '../zoo/zoo.ts'

/** One mutant: what caught it, after how many states. */
export function zooLine({ name, by, states, looked }: MutantResult): string {
  if (by === undefined) return styleText('red', `${name.padEnd(52)} MISSED`)
  return `${name.padEnd(52)} ${by.padEnd(28)} ${states} processes, ${looked} states`
}

/** The zoo, a line for each mutant. */
export function zooLines({ mutants, missed, canary }: ZooReport): string[] {
  const lines = mutants.map(zooLine)
  return ['', 'mutants and what caught them:', ...lines, `${missed.length} missed; the canary was ${canary}`]
}

/** What real processes went through. */
export function realLines({ ran, skipped, aborted }: RealReport): string[] {
  return [
    '',
    ...ran.flatMap(({ name, rounds, records, counts, violations, notes }) => [
      `${name}: ${rounds} rounds, ${records} records, ${JSON.stringify(counts)}, ${violations.length} violations`,
      ...violations.map((each) => styleText('red', `  ${JSON.stringify(each)}`)),
      ...notes.map((note) => `  ${note}`),
    ]),
    ...skipped.map(({ name, reason }) => `${name}: skipped: ${reason}`),
    ...aborted.map(({ name, reason }) => styleText('red', `${name}: could not be carried out: ${reason}`)),
  ]
}
