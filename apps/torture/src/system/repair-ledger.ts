import type { Ledger } from '@varve/dst'

/** What a repair owes: nothing before the damaged log is on the disk, and a repaired one from the moment it says so. */
export class RepairLedger implements Ledger {
  /** The damaged log is on the disk, durably. */
  isPlanted = false
  /** A repair has returned. */
  isRepaired = false

  clone(): this {
    const copy = new RepairLedger()
    copy.isPlanted = this.isPlanted
    copy.isRepaired = this.isRepaired
    return copy as this
  }

  get digest(): string {
    return `${this.isPlanted} ${this.isRepaired}`
  }

  losePower(): void {}

  betray(): void {}

  settleNames(): void {}
}
