import { join } from 'node:path'
import { RuleTester } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, it } from 'vitest'

RuleTester.describe = describe
RuleTester.it = it

const fixture = join(import.meta.dirname, 'fixture')

/** ESLint's own tester with types: every case stands for the one file of the fixture project. */
export const tester = new RuleTester({
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { projectService: true, tsconfigRootDir: fixture },
  },
})

export const filename: string = join(fixture, 'file.ts')
