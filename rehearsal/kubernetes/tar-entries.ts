import { open, type FileHandle } from 'node:fs/promises';

/** The place of a file's bytes in an archive. */
export interface TarEntry {
  readonly offset: number;
  readonly sizeBytes: number;
}

const blockBytes = 512;

/** Path → place of every regular file of an uncompressed tar archive (ustar or GNU, names up to 100 characters). */
export async function tarEntries(archive: string): Promise<ReadonlyMap<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  const file = await open(archive);
  try {
    let offset = 0;
    for (;;) {
      const header = await readHeader(file, offset);
      if (header === undefined) return entries;
      if (header.isFile) entries.set(header.name, { offset: offset + blockBytes, sizeBytes: header.sizeBytes });
      offset += blockBytes + Math.ceil(header.sizeBytes / blockBytes) * blockBytes;
    }
  } finally {
    await file.close();
  }
}

interface TarHeader {
  readonly name: string;
  readonly sizeBytes: number;
  readonly isFile: boolean;
}

/** `undefined` at the end of the archive: a block of zeros, or nothing. */
async function readHeader(file: FileHandle, offset: number): Promise<TarHeader | undefined> {
  const block = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(block, 0, blockBytes, offset);
  if (bytesRead < blockBytes || block[0] === 0) return undefined;
  const text = (from: number, to: number): string => block.toString('latin1', from, to).split('\0')[0] ?? '';
  const type = text(156, 157);
  return {
    name: text(0, 100),
    sizeBytes: Number.parseInt(text(124, 136).trim(), 8),
    isFile: type === '0' || type === '',
  };
}
