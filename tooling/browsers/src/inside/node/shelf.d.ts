/** Made by `bundle/platform.ts`. */
declare module 'varve:shelf' {
  /** The files that tests may read: path from the root of the repository, and content in Base64. */
  export const shelf: Readonly<Record<string, string>>
}
