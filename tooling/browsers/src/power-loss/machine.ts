import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LoopDisk } from '../../../../apps/torture/src/real/loop-disk.ts'
import { Browser } from '../driver/browser.ts'
import { findBrowser, type BrowserName } from '../driver/find.ts'
import { Server } from '../driver/server.ts'

/** Enough for the profile of either browser. The image is sparse. */
const megabytes = 768
/** Crash reporters are in groups of their own, and have files open on the disk until they notice. */
const unmountMsMax = 15_000

/** Those that run, for whoever has to leave at once. */
const running = new Set<Machine>()

/** Ends all browsers and removes all disks, without waiting for anything: for a process that is being ended. */
export function scrapAll(): void {
  for (const machine of running) machine.scrap()
}

/** A computer with one browser, whose power can be cut: the profile is on a disk of its own. */
export class Machine {
  readonly browser: Browser
  readonly #disk: LoopDisk
  readonly #server: Server

  private constructor(browser: Browser, disk: LoopDisk, server: Server) {
    this.browser = browser
    this.#disk = disk
    this.#server = server
  }

  /**
   * Runs something with a computer that has just been bought. Whatever comes of it, browser, disk and server are gone
   * afterwards.
   */
  static async with<T>(
    name: BrowserName,
    scripts: ReadonlyMap<string, Uint8Array>,
    use: (machine: Machine) => Promise<T>,
  ): Promise<T> {
    const program = findBrowser(name)
    if (program === undefined) throw new Error(`${name} is not installed`)
    const disk = new LoopDisk('ext4', mkdtempSync(join(tmpdir(), 'varve-machine-')), 'ioctl', megabytes)
    const server = new Server(scripts)
    const profile = join(disk.point, 'profile')
    const machine = new Machine(new Browser({ name, program, profile }, server), disk, server)
    running.add(machine)
    try {
      disk.mount()
      mkdirSync(profile)
      await server.listen()
      await machine.browser.start()
      return await use(machine)
    } finally {
      await machine.browser.kill()
      server.close()
      await machine.#unmount()
      disk.remove()
      running.delete(machine)
    }
  }

  /** Where the disk is mounted. */
  get point(): string {
    return this.#disk.point
  }

  /**
   * The power fails, and comes back: the browser was killed, the disk has what had reached it, its journal was
   * replayed, and the browser has been started on the profile that is left.
   */
  async cutPower(): Promise<void> {
    this.#disk.cut(() => { this.browser.strike() })
    await this.browser.kill()
    // What was told before the power failed may still be on its way here.
    await pause(50)
    await this.#unmount()
    this.#disk.plugIn()
    await this.browser.start()
  }

  scrap(): void {
    this.browser.strike()
    this.#disk.remove()
  }

  async #unmount(): Promise<void> {
    for (const began = performance.now(); ; ) {
      try {
        this.#disk.unmount()
        return
      } catch (error) {
        if (performance.now() - began > unmountMsMax) throw error
      }
      await pause(100)
    }
  }
}
