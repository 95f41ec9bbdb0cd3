import { addSuite, addTest, type Body } from './registry.ts'
import { titleOf } from './titles.ts'

type TestOptions = number | { readonly timeout?: number }
type Each = (cases: readonly unknown[]) => (template: string, ...rest: unknown[]) => void

interface Define {
  (title: string, body: Body, limit?: TestOptions): void
  (title: string, options: TestOptions, body: Body): void
}

const defineTest: Define = (title: string, one: Body | TestOptions, other?: Body | TestOptions): void => {
  const body = [one, other].find((each) => typeof each === 'function')
  const options = [one, other].find((each) => typeof each !== 'function')
  if (body === undefined) throw new Error(`the test '${title}' does nothing`)
  addTest(title, body, typeof options === 'object' ? options.timeout : options)
}

export const it: Define & { readonly each: Each } = Object.assign(defineTest, {
  each: (cases: readonly unknown[]) => (template: string, ...rest: unknown[]) => {
    forEach(cases, template, rest, (title, body, others) => {
      const [limit] = others as [TestOptions?]
      defineTest(title, body, limit)
    })
  },
})

export const describe: typeof addSuite & { readonly each: Each } = Object.assign(
  (title: string, define: () => void) => { addSuite(title, define) },
  {
    each: (cases: readonly unknown[]) => (template: string, ...rest: unknown[]) => {
      forEach(cases, template, rest, (title, body) => {
        addSuite(title, () => { body({}) })
      })
    },
  },
)

/** Calls `define` for every case; what the cases' body gets is the case, or its parts if it is an array. */
function forEach(
  cases: readonly unknown[],
  template: string,
  rest: readonly unknown[],
  define: (title: string, body: Body, others: readonly unknown[]) => void,
): void {
  const body = rest.find((each) => typeof each === 'function')
  if (body === undefined) throw new Error(`'${template}' does nothing`)
  const others = rest.filter((each) => each !== body)
  for (const [index, what] of cases.entries()) {
    const args: readonly unknown[] = Array.isArray(what) ? what : [what]
    define(titleOf(template, args, index), () => (body as (...parts: readonly unknown[]) => unknown)(...args), others)
  }
}
