/** What is used of it here: it brings no types. */
declare module 'hypercore' {
  export default class Hypercore {
    constructor(directory: string)
    ready(): Promise<void>
    append(block: Uint8Array | readonly Uint8Array[]): Promise<unknown>
    createReadStream(): AsyncIterable<Uint8Array>
    close(): Promise<void>
  }
}
