/** Message, stack and causes: some engines have no message in the stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message, stack = '', cause } = error
  const said = stack.includes(message) ? stack : `${name}: ${message}\n${stack}`
  return cause === undefined ? said : `${said}\nCaused by: ${explain(cause)}`
}
