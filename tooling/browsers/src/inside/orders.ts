/** What a worker is told when it is started, through its name: nothing has to arrive first. */
export interface Orders {
  /** Where to POST what there is to tell. */
  readonly tell: string
  readonly [name: string]: unknown
}

const worker = globalThis as unknown as { readonly name: string }

export function orders<T extends object>(): Orders & T {
  return JSON.parse(worker.name) as Orders & T
}
