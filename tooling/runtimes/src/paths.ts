import { join } from 'node:path'

/** Of the repository. */
export const root: string = join(import.meta.dirname, '..', '..', '..')

/** What is made here and can be made again: bundles, reports, runtimes that were fetched. */
export const temporary: string = join(import.meta.dirname, '..', 'temp')
