/** An initial RAM file system: an archive in cpio's "newc" format, as the kernel unpacks it (Documentation/driver-api/early-userspace). */

export interface ArchiveFile {
  /** Without a leading slash. */
  readonly name: string;
  /** Absent: a folder. */
  readonly content?: Uint8Array | undefined;
}

const FILE_MODE = 0o100_755;
const FOLDER_MODE = 0o040_755;
const ALIGN = 4;

/** Archives can stand one behind the other: what comes later is added. */
export function archive(files: readonly ArchiveFile[]): Buffer {
  return Buffer.concat(
    [...files, { name: 'TRAILER!!!', content: new Uint8Array() }].flatMap((file, i) => entry(file, i + 1)),
  );
}

function entry({ name, content }: ArchiveFile, inode: number): Buffer[] {
  const size = content?.length ?? 0;
  const fields = [
    inode,
    content === undefined ? FOLDER_MODE : FILE_MODE,
    0,
    0,
    1,
    0,
    size,
    0,
    0,
    0,
    0,
    name.length + 1,
    0,
  ];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return [padded(Buffer.from(head)), padded(Buffer.from(content ?? new Uint8Array()))];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGN - (bytes.length % ALIGN)) % ALIGN)]);
}
