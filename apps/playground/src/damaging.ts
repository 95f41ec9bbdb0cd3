import type { App } from './app.ts'
import { askLab } from './lab.ts'
import type { Flip, Intact } from './logic/asks.ts'
import { locationOf, type Failure, type Location } from './logic/failure.ts'
import { logDirectory } from './logic/names.ts'

/** A byte that was flipped. */
export interface Wound extends Flip {
  readonly file: string
  /** Number of the segment. */
  readonly index: number
  /** Offset in bytes. */
  readonly position: number
  readonly place: string
}

/** One bit of the byte. */
const mask = 0x10

/** Damages the files of the log while it is closed, and opens it again. */
export class Damaging {
  readonly #app: App
  wound: Wound | undefined
  intact: Intact | undefined

  constructor(app: App) {
    this.#app = app
  }

  /** What opening a damaged log was refused with. */
  get failure(): Failure | undefined {
    const { phase, failure } = this.#app
    return phase === 'down' && failure?.code === 'CORRUPT' ? failure : undefined
  }

  /** Where varve says that something is wrong. */
  get location(): Location | undefined {
    return this.failure && locationOf(this.failure.context)
  }

  /** Flips a bit of a byte, and opens the log with every byte verified. */
  async flip(target: Pick<Wound, 'file' | 'index' | 'position' | 'place'>): Promise<void> {
    await this.#apart(async () => {
      const { file, position } = target
      this.#forget()
      this.wound = { ...target, ...(await askLab({ kind: 'flip', file, position, mask })) }
    }, 'all')
  }

  /** Puts the byte back, as a copy of the file would. */
  async undo(): Promise<void> {
    const { wound } = this
    if (wound === undefined) return
    await this.#apart(async () => {
      await askLab({ kind: 'flip', file: wound.file, position: wound.position, mask })
      this.#forget()
    }, 'all')
  }

  /** Reads with `readOnly` what is intact. */
  async readIntact(): Promise<void> {
    try {
      this.intact = await askLab({ kind: 'intact' })
    } catch (error) {
      this.#app.fail(error)
    }
    this.#app.changed()
  }

  /** Removes the log, and begins another one. */
  async startOver(): Promise<void> {
    await this.#apart(async () => {
      await askLab({ kind: 'remove', directory: logDirectory })
      this.#app.forget()
      this.#forget()
    }, 'seals')
  }

  #forget(): void {
    this.wound = undefined
    this.intact = undefined
  }

  /** Does something while the log is closed. */
  async #apart(action: () => Promise<void>, verify: 'seals' | 'all'): Promise<void> {
    const app = this.#app
    await app.setAside()
    try {
      await action()
    } catch (error) {
      await app.open('damage', verify)
      app.fail(error)
      return
    }
    await app.open('damage', verify)
    app.changed()
  }
}
