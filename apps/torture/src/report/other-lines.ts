import { styleText } from 'node:util'
import type { RealReport } from '../real/run.ts'
import type { ZooReport } from '../zoo/zoo.ts'

/** The zoo, a line for each mutant. */
export function zooLines({ mutants, missed }: ZooReport): string[] {
  const lines = mutants.map(({ name, by, states }) => {
    if (by === undefined) return styleText('red', `${name.padEnd(44)} MISSED`)
    return `${name.padEnd(44)} ${by.padEnd(28)} ${states} states`
  })
  return ['', 'mutants and what caught them, after how many states:', ...lines, `${missed.length} missed`]
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
