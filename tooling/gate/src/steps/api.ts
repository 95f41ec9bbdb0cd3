import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor'
import { ambientTypes, packages, type Package } from '../manifest.ts'
import type { StepOptions } from '../step.ts'

/**
 * Compares the public types of every entry, as built, with the report under `packages/<name>/api/`. A difference is
 * either a mistake or a change that a reviewer should see.
 */
export function api({ update }: StepOptions): boolean {
  return packages()
    .flatMap((each) => reportedEntries(each).map((entry) => ({ each, ...entry })))
    .map(({ each, report, declarations }) => {
      const isSame = compare(each, report, declarations, update)
      if (!isSame) console.log(`${each.directory}/api/${report}.api.md differs: see the change, or pnpm api:update`)
      return isSame
    })
    .every(Boolean)
}

/** `@varve/storage/conformance` is reported as `storage-conformance`. */
function reportedEntries({ folder, manifest }: Package): { report: string; declarations: string }[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) =>
    typeof target === 'string' || target.types === undefined
      ? []
      : [{ report: folder + subpath.slice(1).replaceAll('/', '-'), declarations: target.types }],
  )
}

function compare(each: Package, report: string, declarations: string, update: boolean): boolean {
  const projectFolder = resolve(each.directory)
  const reportTempFolder = join(projectFolder, 'temp', 'api')
  mkdirSync(join(projectFolder, 'api'), { recursive: true })
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder,
      newlineKind: 'lf',
      mainEntryPointFilePath: join(projectFolder, declarations),
      compiler: { overrideTsconfig: consumerConfiguration(declarations, ambientTypes(each.directory)) },
      apiReport: {
        enabled: true,
        reportFileName: `${report}.api.md`,
        reportFolder: join(projectFolder, 'api'),
        reportTempFolder,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
          // A type that the public API names and a caller cannot: stands in the report, for the reviewer to judge.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
      },
    },
  })
  const messageCallback = (message: ExtractorMessage): void => {
    message.handled = isNoise(message)
  }
  const { succeeded, apiReportChanged } = Extractor.invoke(config, { localBuild: update, messageCallback })
  rmSync(join(projectFolder, 'temp'), { recursive: true, force: true })
  return succeeded && (update || !apiReportChanged)
}

/** Built declarations are read as a consumer's compiler reads them: without the condition that leads to sources. */
function consumerConfiguration(declarations: string, types: readonly string[]): object {
  return {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      types,
      strict: true,
      skipLibCheck: true,
      customConditions: [],
    },
    files: [declarations],
  }
}

/** The extractor brings a compiler of its own and tells everybody. */
function isNoise({ messageId }: ExtractorMessage): boolean {
  return ['console-preamble', 'console-compiler-version-notice'].includes(messageId)
}
