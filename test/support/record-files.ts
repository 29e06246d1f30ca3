import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of records in a session directory, wherever they are by now: staged, or in their places. */
export function listRecordFiles(directory: string): string[] {
  return [directory, join(directory, 'staged')].flatMap((folder) =>
    readdirSync(folder).flatMap((name) =>
      /^[0-9a-f]{64}$/.test(name) ? [join(folder, name)] : [],
    ),
  );
}

/** Changes one bit of what is sealed in a file. */
export function alterRecord(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}
