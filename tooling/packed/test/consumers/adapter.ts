// A storage of somebody's own: files are byte arrays in a map, which could as well be rows of a table.
import { checkFileName, type LogFile, type LogStorage, type OpenMode, type StorageLock } from '@varve/storage'
import { VarveError, type VarveErrorCode } from 'varve'

interface File { bytes: Uint8Array<ArrayBuffer> }
/** What outlives a storage: the files, and who has the lock. */
export class Cabinet {
  readonly files = new Map<string, File>()
  generation = 0
  holder = ''
}

function fail(code: VarveErrorCode, message: string, context = {}): never {
  throw new VarveError(code, message, context)
}

/** A storage on a cabinet. Several may be open on one. */
export function cabinetStorage(cabinet: Cabinet): LogStorage {
  const { files } = cabinet
  let isClosed = false
  let lock: StorageLock | undefined

  const find = (name: string): File => files.get(name) ?? fail('NOT_FOUND', `there is no ${name}`, { file: name })
  function use(...names: string[]): void {
    if (isClosed) fail('CLOSED', 'the cabinet storage was closed')
    names.forEach(checkFileName)
  }
  function open(name: string, mode: OpenMode): LogFile {
    use(name)
    if (mode === 'create' && files.has(name)) fail('EXISTS', `there is a ${name} already`, { file: name })
    if (mode === 'create') files.set(name, { bytes: new Uint8Array() })
    const file = find(name)
    let isOpen = true
    function look(position: number): void {
      if (!isOpen || isClosed) fail('CLOSED', `${name} was closed`)
      if (!Number.isSafeInteger(position) || position < 0) fail('INVALID_ARGUMENT', `${position} is no position`)
    }
    function change(position: number, source: Uint8Array, size: number): void {
      look(position)
      if (mode === 'read') fail('READ_ONLY', `${name} was opened for reading`)
      const bytes = size === file.bytes.length ? file.bytes : new Uint8Array(size)
      bytes.set(file.bytes.subarray(0, size))
      bytes.set(source, position)
      file.bytes = bytes
    }
    return {
      size: () => { look(0); return file.bytes.length },
      read(target, position) {
        look(position)
        const source = file.bytes.subarray(position, position + target.length)
        target.set(source)
        return source.length
      },
      write: (source, at) => { change(at, source, Math.max(at + source.length, file.bytes.length)) },
      sync: () => { look(0) },
      resize: (size) => { look(size); change(0, new Uint8Array(), size) },
      close: () => { isOpen = false },
    }
  }
  function takeLock(): StorageLock {
    use()
    if (cabinet.holder !== '') fail('LOCKED', `${cabinet.holder} has the cabinet`, { holder: cabinet.holder })
    cabinet.generation += 1
    const { generation } = cabinet
    const holder = `writer ${generation}`
    cabinet.holder = holder
    return { holder, generation, release: () => { if (cabinet.holder === holder) cabinet.holder = '' } }
  }
  return {
    capabilities: { synchronous: true, contents: 'volatile', names: 'volatile', lock: 'process' },
    list: () => { use(); return [...files.keys()] },
    open,
    rename: (from, to) => { use(from, to); const file = find(from); files.delete(from); files.set(to, file) },
    remove: (name) => { use(name); find(name); files.delete(name) },
    syncNames: () => { use() },
    lock: () => (lock = takeLock()),
    close: () => { isClosed = true; void lock?.release() },
  }
}
