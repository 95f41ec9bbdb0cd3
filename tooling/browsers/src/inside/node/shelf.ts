/** The files that tests may read: path from the root, and content in Base64. `bundle/platform.ts` fills it. */
export const shelf: Readonly<Record<string, string>> = {}
