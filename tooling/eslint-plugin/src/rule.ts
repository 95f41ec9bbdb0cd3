import { ESLintUtils } from '@typescript-eslint/utils'

/** Creates a rule that is documented in CONTRIBUTING.md. */
export const createRule = ESLintUtils.RuleCreator(
  (name) => `https://github.com/varve-log/varve/blob/main/CONTRIBUTING.md#${name}`,
)
