import { io, type LogFile, type LogStorage, type Procedure } from '@varve/storage'

/** Gives the file to `use` and takes it back before anything else is opened, so that a failure leaves none open. */
export function* reading<T>(storage: LogStorage, name: string, use: (file: LogFile) => Procedure<T>): Procedure<T> {
  const file = yield* io(`open ${name}`, () => storage.open(name, 'read'))
  try {
    return yield* use(file)
  } finally {
    yield* io(`close ${name}`, () => file.close())
  }
}
