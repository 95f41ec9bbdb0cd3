/** Numbers of 64 bits, little-endian. Few are written per checkpoint, so a BigInt costs nothing that counts. */

export function putNumber(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true)
}

/** May be larger than a safe integer; whoever reads it checks what it means. */
export function getNumber(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}
