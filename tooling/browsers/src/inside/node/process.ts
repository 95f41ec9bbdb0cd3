// `node:process`, for what is imported from a program that does not run here.

export const argv: readonly string[] = []

export function exit(): never {
  throw new Error('a browser has no process to end')
}
