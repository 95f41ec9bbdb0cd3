import { command, isInstalled, type Said } from './system.ts'

/** `X_IOC_GOINGDOWN`, which ext4, xfs and f2fs take as well, and its flag 2: not even the journal is flushed. */
const goingDown = 0x8004_587d
const withoutFlushing = 2

interface IoctlTool {
  readonly name: string
  /** Arguments that make one ioctl with one number as its argument: path, request, number. */
  arguments(path: string, request: number, value: number): readonly string[]
}

const perl = 'open(my $d, "<", $ARGV[0]) or die "$!\\n"; my $v = pack("L", $ARGV[2]); ' +
  'ioctl($d, $ARGV[1], $v) or die "ioctl: $!\\n";'
const python = 'import fcntl, os, struct, sys; p, r, v = sys.argv[1:]; ' +
  'fcntl.ioctl(os.open(p, os.O_RDONLY), int(r), struct.pack("I", int(v)))'

/** Node cannot make an ioctl. */
const tools: readonly IoctlTool[] = [
  { name: 'perl', arguments: (path, request, value) => ['-e', perl, path, String(request), String(value)] },
  { name: 'python3', arguments: (path, request, value) => ['-c', python, path, String(request), String(value)] },
]

/** Why no power can be cut by ioctl here; undefined if it can. */
export function mayNotCut(): string | undefined {
  return tools.some(({ name }) => isInstalled(name)) ? undefined : 'neither perl nor python3 is there to make an ioctl'
}

/** The file system mounted there is down from now on: what it had not brought to its disk is lost. */
export function cutPower(mountPoint: string): Said {
  const tool = tools.find(({ name }) => isInstalled(name))
  if (tool === undefined) return { ok: false, text: 'no tool to make an ioctl' }
  return command(tool.name, tool.arguments(mountPoint, goingDown, withoutFlushing))
}
