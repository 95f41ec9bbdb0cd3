import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { OpenPeer, Peer } from './peer.ts'

/**
 * SQLite of Node itself, in WAL mode with `synchronous = FULL`: the documented way to have each commit survive a loss
 * of power there. A group is one transaction. The table is keyed by rowid, so that appending is its cheapest insert.
 */
export const sqlitePeer: Peer = {
  name: 'SQLite',
  isDurable: true,
  open(directory: string): OpenPeer {
    const database = new DatabaseSync(join(directory, 'records.sqlite'))
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec('CREATE TABLE IF NOT EXISTS records (sequence INTEGER PRIMARY KEY, payload BLOB NOT NULL)')
    const insert = database.prepare('INSERT INTO records (payload) VALUES (?)')
    const all = database.prepare('SELECT payload FROM records ORDER BY sequence')
    return {
      append(payload) {
        insert.run(payload)
        return undefined
      },
      appendGroup(payloads) {
        database.exec('BEGIN')
        for (const payload of payloads) insert.run(payload)
        database.exec('COMMIT')
        return undefined
      },
      scan(visit) {
        for (const row of all.iterate()) visit(row.payload as Uint8Array)
        return undefined
      },
      close() {
        database.close()
        return undefined
      },
    }
  },
}
