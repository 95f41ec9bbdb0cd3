import { noBarePromise } from './rules/no-bare-promise.ts'
import { procedureYielded } from './rules/procedure-yielded.ts'

/** The rules of this repository; `eslint.config.js` says where each applies. */
export const varveRules = {
  rules: { 'no-bare-promise': noBarePromise, 'procedure-yielded': procedureYielded },
}
