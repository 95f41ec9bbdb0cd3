import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { check } from './check.ts'

/** Every file that is, or would be, committed. */
function repositoryFiles(): Set<string> {
  const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  return new Set(listing.split('\0').filter((path) => path !== '' && existsSync(path)))
}

function readText(path: string): string | undefined {
  const content = readFileSync(path)
  return content.includes(0) ? undefined : content.toString()
}

const paths = repositoryFiles()
const findings = check(paths, readText)
for (const finding of findings) console.log(finding)
console.log(`${findings.length} findings in ${paths.size} files`)
process.exitCode = findings.length === 0 ? 0 : 1
