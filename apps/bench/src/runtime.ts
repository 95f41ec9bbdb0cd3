type Versions = Readonly<Record<string, string | undefined>>

/**
 * What a process of the same runtime has to be told before its script. Whatever this process runs on, the others run
 * the packages as built: stripping types takes more than what is measured.
 */
export function childFlags(versions: Versions = process.versions): readonly string[] {
  return versions.deno === undefined ? [] : ['run', '--allow-all', '--node-modules-dir=manual']
}
