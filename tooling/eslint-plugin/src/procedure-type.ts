import { type ObjectType, ObjectFlags, type Type, type TypeChecker, TypeFlags, type TypeReference } from 'typescript'

/**
 * Whether a value of `type` is, or may be, a procedure: `Generator<Suspension, …>`. The name `Procedure` of
 * `@varve/storage` is an alias and gets lost on the way, so the shape behind it is what is recognised.
 */
export function isProcedure(type: Type, checker: TypeChecker): boolean {
  if (type.isUnion()) return type.types.some((member) => isProcedure(member, checker))
  if (!isNamed(type, 'Generator') || !isTypeReference(type)) return false
  const [yielded] = checker.getTypeArguments(type)
  return yielded !== undefined && isNamed(yielded, 'Suspension')
}

function isNamed(type: Type, name: string): boolean {
  // `symbol` is missing on types that nobody declared, whatever the compiler's own declarations say.
  const symbol = type.symbol as Type['symbol'] | undefined
  return symbol?.name === name || type.aliasSymbol?.name === name
}

function isTypeReference(type: Type): type is TypeReference {
  return (type.flags & TypeFlags.Object) !== 0 && ((type as ObjectType).objectFlags & ObjectFlags.Reference) !== 0
}
