import { packages } from '../manifest.ts'
import { tool } from '../tool.ts'

/** What runs in browsers alone sees their globals, and no others: the page, and its workers. */
const inBrowsers = ['apps/playground', 'apps/playground/src/worker']

/**
 * Everything together, tests included; then each package alone, where the globals of Node that the tests see do not
 * exist unless the package asks for them.
 */
export function types(): boolean {
  const projects = ['.', ...packages().map(({ directory }) => directory), ...inBrowsers]
  return projects.map((project) => tool('typescript', '--project', project)).every(Boolean)
}
