import { afterEach, describe, expect, it, vi } from 'vitest'
import { realScenarios } from '../../src/real/scenarios.ts'
import { mayNotInject } from '../../src/real/shim.ts'
import { command, isInstalled } from '../../src/real/system.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

function reasonOf(name: string): string | undefined {
  return realScenarios.find((scenario) => scenario.name === name)?.unavailable()
}

const mounting = ['power-loss-ext4', 'power-loss-xfs', 'power-loss-btrfs']

describe('a scenario that cannot run says why', () => {
  it.each(mounting)('%s to somebody who is not root', (name) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('linux')
    vi.spyOn(process, 'getuid').mockReturnValue(1000)
    expect(reasonOf(name)).toBe('this process is not root and may not mount')
  })

  it.each([...mounting, 'injected-errors'])('%s on another system than Linux', (name) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin')
    expect(reasonOf(name)).toMatch(/^this is darwin: .* on Linux only$/)
  })

  it('injected-errors without a compiler', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('linux')
    vi.stubEnv('PATH', '/nowhere')
    expect(mayNotInject()).toBe('there is no C compiler (cc, gcc, clang) to build the shim')
  })

  it('kill-9 on Windows only', () => {
    expect(reasonOf('kill-9')).toBeUndefined()
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32')
    expect(reasonOf('kill-9')).toBe('there is no SIGKILL on Windows')
  })
})

describe('a command of the system', () => {
  it('says what it printed, or what went wrong', () => {
    expect(command('echo', ['well'])).toEqual({ ok: true, text: 'well' })
    expect(command('ls', ['/nowhere/at/all'])).toMatchObject({ ok: false })
    expect(command('no-such-program-of-varve', [])).toMatchObject({ ok: false })
    expect(command('ls', ['/nowhere/at/all']).text).toContain('ls: ')
  })

  it('is installed or is not', () => {
    expect(isInstalled('sh')).toBe(true)
    expect(isInstalled('no-such-program-of-varve')).toBe(false)
  })
})
