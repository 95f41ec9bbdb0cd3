import { AST_NODE_TYPES, type TSESTree } from '@typescript-eslint/utils'
import { createRule } from '../rule.ts'

type FunctionNode = TSESTree.ArrowFunctionExpression | TSESTree.FunctionDeclaration | TSESTree.FunctionExpression

/**
 * Waiting inside a procedure goes through the runtime (`wait`, a `Gate`). A bare promise is resolved by the event
 * loop, which the synchronous driver does not have and the simulator cannot reorder: it would test one interleaving.
 *
 * With the option `'generators'` promises are forbidden inside generator functions, with `'file'` anywhere.
 */
export const noBarePromise = createRule<['file' | 'generators'], 'bare'>({
  name: 'no-bare-promise',
  meta: {
    type: 'problem',
    docs: { description: 'Procedures wait through the runtime, never on a promise of their own.' },
    messages: {
      bare: '{{what}} bypasses the runtime. Wait with `yield* wait(…)` or a `Gate`, start work with `runtime.spawn`.',
    },
    schema: [{ type: 'string', enum: ['generators', 'file'] }],
    defaultOptions: ['generators'],
  },
  create(context) {
    const [where] = context.options
    function report(node: TSESTree.Node, what: string): void {
      const forbidden = where === 'file' || context.sourceCode.getAncestors(node).some(isSynchronousGenerator)
      if (forbidden) context.report({ node, messageId: 'bare', data: { what } })
    }
    function asyncFunction(node: FunctionNode): void {
      if (node.async) report(node, 'An async function')
    }
    return {
      ArrowFunctionExpression: asyncFunction,
      FunctionDeclaration: asyncFunction,
      FunctionExpression: asyncFunction,
      NewExpression(node) {
        if (isPromise(node.callee)) report(node, '`new Promise`')
      },
      MemberExpression(node) {
        if (isPromise(node.object)) report(node, '`Promise.*`')
      },
      'CallExpression > MemberExpression.callee[property.name="then"]'(node: TSESTree.MemberExpression) {
        report(node, '`.then(`')
      },
    }
  },
})

function isPromise(node: TSESTree.Expression): boolean {
  return node.type === AST_NODE_TYPES.Identifier && node.name === 'Promise'
}

function isSynchronousGenerator(node: TSESTree.Node): boolean {
  if (node.type !== AST_NODE_TYPES.FunctionDeclaration && node.type !== AST_NODE_TYPES.FunctionExpression) return false
  return node.generator && !node.async
}
