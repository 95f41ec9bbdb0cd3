import type { Finding } from '../finding.ts'
import type { Picture } from '../picture.ts'

const advice = 'restore the directory, or the file, from a copy'

/** Why there is no way out of this in the directory. */
export function refusalOf({ code }: Finding, { files, findings }: Picture): string {
  if (files.isReplica) {
    return 'a replica is repaired from its source: empty the directory and stream to it again, or promote it first'
  }
  if (findings.some((finding) => finding.code.endsWith('.unsupported'))) {
    return 'a newer version wrote here, and knows more of it: repair it with that version'
  }
  switch (code) {
    case 'names.no-log':
      return 'there is nothing here that could be repaired'
    case 'names.segments-gone':
      return `no segment is left, so no record is; ${advice}`
    case 'checkpoint.list':
      return 'the list of checkpoints was not written by a publisher; publish another checkpoint to replace it'
    case 'checkpoint.missing':
      return `the log keeps no other checkpoint to begin with, or is damaged itself; ${advice}, or publish another one`
    case 'checkpoint.beyond-log':
      return `the list of the log itself names it, so the log has lost its end; ${advice}`
    case 'header.foreign':
      return 'it stands in the place of one of the own segments, and nothing before or behind it can be kept'
    default:
      return code.startsWith('checkpoint.')
        ? `without it the state cannot be made, since records below the floor are gone; ${advice}`
        : `nothing before or behind it can be kept; ${advice}`
  }
}
