/** What a worker is told when it is started, through its name: nothing has to arrive first. */
export interface Orders {
  /** Where to POST what there is to tell. */
  readonly tell: string
  readonly [name: string]: unknown
}

const worker = globalThis as unknown as { readonly name: string }

/** Whoever asks says what he was told: `orders() as Orders & …`. */
export function orders(): Orders {
  return JSON.parse(worker.name) as Orders
}
