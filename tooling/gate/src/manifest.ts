import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The fields of a package.json that the gate reads. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly packageManager?: string
  readonly bin?: string | Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>
}

/** A package under `packages/`, published or to be published. */
export interface Package {
  /** Its folder's name. */
  readonly folder: string
  readonly directory: string
  readonly manifest: Manifest
}

export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
}

/** The ambient types that a package compiles with: those of Node if it is for Node, none otherwise. */
export function ambientTypes(directory: string): readonly string[] {
  const project = JSON.parse(readFileSync(join(directory, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions?: { readonly types?: readonly string[] }
  }
  return project.compilerOptions?.types ?? []
}

export function packages(): Package[] {
  return readdirSync('packages')
    .sort()
    .map((folder) => ({ folder, directory: `packages/${folder}`, manifest: readManifest(`packages/${folder}`) }))
}
