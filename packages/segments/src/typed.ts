/**
 * How records become entries, for faces of a log that live elsewhere, such as the one behind a port. For packages of
 * this repository; it may change in any version.
 */
export { TypedIterator } from './api/typed-iterator.ts'
export { decoded, decodedEntry } from './api/typed-record.ts'
