// What other programs of this repository use of the torture.
export type { TortureCase } from './cases/case.ts'
export { tortureCases } from './cases/cases.ts'
export { runCase } from './cases/run-case.ts'
export { runRealScenarios } from './real/run.ts'
export { withoutAmbient } from './run/ambient.ts'
export { explain as explainFailure } from './run/failure.ts'
