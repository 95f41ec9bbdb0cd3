import { seededRandom } from '../random.ts'

/**
 * Choices for decisions with so many ways each: all combinations if there are at most `limit`. Otherwise a sample that
 * has nothing, everything, each one alone, each one missing, prefixes, and for the rest combinations by chance.
 *
 * What is yielded may be the same array again with other numbers.
 */
export function* vectors(ways: readonly number[], limit: number, seed: number): Generator<readonly number[]> {
  let total = 1
  for (const each of ways) total = Math.min(total * each, limit + 1)
  if (total <= limit) {
    yield* everyVector(ways)
    return
  }
  const newest = ways.map((each) => each - 1)
  const none = ways.map(() => 0)
  yield none
  yield newest
  const places = spread(ways.length, Math.floor((limit - 2) / 5))
  for (const place of places) {
    yield none.map((way, at) => (at === place ? (newest[at] as number) : way))
    yield newest.map((way, at) => (at === place ? 0 : way))
    yield newest.map((way, at) => (at <= place ? way : 0))
  }
  const random = seededRandom(seed)
  for (let left = limit - 2 - 3 * places.length; left > 0; left -= 1) yield ways.map((each) => random.below(each))
}

/** Whether {@link vectors} leaves none out. */
export function isComplete(ways: readonly number[], limit: number): boolean {
  let total = 1
  for (const each of ways) total = Math.min(total * each, limit + 1)
  return total <= limit
}

function* everyVector(ways: readonly number[]): Generator<readonly number[]> {
  const vector = ways.map(() => 0)
  for (;;) {
    yield vector
    let at = 0
    while (at < vector.length && vector[at] === (ways[at] as number) - 1) vector[at++] = 0
    if (at === vector.length) return
    vector[at] = (vector[at] as number) + 1
  }
}

/** At most `most` of the numbers below `count`, evenly spread. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, at) => at)
  return Array.from({ length: most }, (_, at) => Math.floor((at * count) / most))
}
