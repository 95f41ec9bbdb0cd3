// What test files get when they import `fast-check` in a browser: the real one, with fewer runs. At home every property
// is tried often enough; here it only has to hold on another engine too.
import fc, { type IRawProperty, type Parameters } from 'fast-check'

/** Of the runs that a property asks for. */
const share = 1
const runsMin = 10
const runsDefault = 100

function fewer<T>(parameters: Parameters<T> = {}): Parameters<T> {
  const { numRuns = runsDefault } = parameters
  return { ...parameters, numRuns: Math.min(numRuns, Math.max(runsMin, Math.round(numRuns * share))) }
}

function assert<T, IsAsync extends boolean>(
  property: IRawProperty<T, IsAsync>,
  parameters?: Parameters<T>,
): IsAsync extends true ? Promise<void> : void {
  return (fc.assert as (...args: readonly unknown[]) => never)(property, fewer(parameters))
}

export default { ...fc, assert }
