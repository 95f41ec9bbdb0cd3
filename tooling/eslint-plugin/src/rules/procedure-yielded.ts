import { AST_NODE_TYPES, ESLintUtils } from '@typescript-eslint/utils'
import type { ParserServicesWithTypeInformation, TSESTree } from '@typescript-eslint/utils'
import type { SourceCode } from '@typescript-eslint/utils/ts-eslint'
import type { Expression } from 'typescript'
import { isProcedure } from '../procedure-type.ts'
import { createRule } from '../rule.ts'

type ReturningFunction = TSESTree.ArrowFunctionExpression | TSESTree.FunctionDeclaration | TSESTree.FunctionExpression

/**
 * A procedure does nothing until it is run: calling one and dropping the result is a silent no-op that no other rule
 * sees. So every call that gives a procedure must hand it on: to `yield*`, to a call such as `runtime.run(…)`, to the
 * caller by `return` from a function declared to return a procedure, or to a `const` that is used afterwards.
 */
export const procedureYielded = createRule({
  name: 'procedure-yielded',
  meta: {
    type: 'problem',
    docs: { description: 'A procedure must be run by `yield*`, passed to a runtime, or returned as a procedure.' },
    messages: {
      dropped:
        'This call only creates a procedure; nothing has run yet. Write `yield* …`, pass it to a runtime ' +
        '(`runtime.run(…)`), or return it from a function declared to return a `Procedure`.',
    },
    schema: [],
  },
  create(context) {
    const services = ESLintUtils.getParserServices(context)
    const checker = services.program.getTypeChecker()
    return {
      CallExpression(node) {
        if (!isProcedure(services.getTypeAtLocation(node), checker)) return
        if (!isHandedOn(node, context.sourceCode, services)) context.report({ node, messageId: 'dropped' })
      },
    }
  },
})

/** Whether the value of `node` goes where a procedure is run. */
function isHandedOn(
  node: TSESTree.Expression,
  source: Readonly<SourceCode>,
  services: ParserServicesWithTypeInformation,
): boolean {
  const { parent } = node
  switch (parent.type) {
    case AST_NODE_TYPES.YieldExpression:
      return parent.delegate
    case AST_NODE_TYPES.CallExpression:
    case AST_NODE_TYPES.NewExpression:
      return parent.callee !== node
    case AST_NODE_TYPES.VariableDeclarator:
      return parent.parent.kind === 'const' && isReadLater(parent, source)
    case AST_NODE_TYPES.ReturnStatement:
      return returnsProcedure(source.getAncestors(parent).findLast(isFunction), services)
    case AST_NODE_TYPES.ArrowFunctionExpression:
      return parent.body === node && returnsProcedure(parent, services)
    // These only pass the value through.
    case AST_NODE_TYPES.ConditionalExpression:
    case AST_NODE_TYPES.LogicalExpression:
    case AST_NODE_TYPES.TSAsExpression:
    case AST_NODE_TYPES.TSNonNullExpression:
    case AST_NODE_TYPES.TSSatisfiesExpression:
      return isHandedOn(parent, source, services)
    default:
      return false
  }
}

function isReadLater(declarator: TSESTree.VariableDeclarator, source: Readonly<SourceCode>): boolean {
  if (declarator.id.type !== AST_NODE_TYPES.Identifier) return false
  return source.getDeclaredVariables(declarator).some((variable) => variable.references.some((use) => use.isRead()))
}

function isFunction(node: TSESTree.Node): node is ReturningFunction {
  return (
    node.type === AST_NODE_TYPES.ArrowFunctionExpression ||
    node.type === AST_NODE_TYPES.FunctionDeclaration ||
    node.type === AST_NODE_TYPES.FunctionExpression
  )
}

/** Whether the function says that it returns a procedure: by its own annotation, or by the place it is passed to. */
function returnsProcedure(node: ReturningFunction | undefined, services: ParserServicesWithTypeInformation): boolean {
  if (node === undefined || node.generator || node.async) return false
  const checker = services.program.getTypeChecker()
  if (node.returnType !== undefined) {
    return isProcedure(services.getTypeAtLocation(node.returnType.typeAnnotation), checker)
  }
  if (node.type === AST_NODE_TYPES.FunctionDeclaration) return false
  const expected = checker.getContextualType(services.esTreeNodeToTSNodeMap.get(node) as Expression)
  const signatures = expected?.getCallSignatures() ?? []
  return signatures.some((signature) => isProcedure(signature.getReturnType(), checker))
}
