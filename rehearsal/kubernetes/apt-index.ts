import { createHash } from 'node:crypto';

/** A .deb of a repository: its control file as `dpkg-deb --field` prints it, and the file itself. */
export interface IndexedPackage {
  readonly control: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The `Packages` file of a flat apt repository (`deb [trusted=yes] http://… ./`), sorted by file name. */
export function packagesIndex(packages: readonly IndexedPackage[]): string {
  const sorted = [...packages].sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
  return sorted.map(stanza).join('\n');
}

function stanza(entry: IndexedPackage): string {
  const place = [`Filename: ./${entry.fileName}`, `Size: ${String(entry.sizeBytes)}`, `SHA256: ${entry.sha256}`];
  return `${entry.control.trimEnd()}\n${place.join('\n')}\n`;
}

/** The `Release` file for a `Packages` file. `date` is when the index was made. */
export function releaseFile(packages: string, date: Date): string {
  const sha256 = createHash('sha256').update(packages).digest('hex');
  const lines = [
    'Origin: Groundswell rehearsal',
    'Suite: rehearsal',
    'Architectures: amd64',
    `Date: ${date.toUTCString()}`,
  ];
  return `${lines.join('\n')}\nSHA256:\n ${sha256} ${String(Buffer.byteLength(packages))} Packages\n`;
}
