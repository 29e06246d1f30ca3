import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const PACKAGE = 'package.json';

/**
 * Reads the text of the package.json in the current directory.
 *
 * @throws Error, in one sentence, when there is none
 */
export function readPackageText(): string {
  if (!existsSync(PACKAGE))
    throw new Error(`There is no ${PACKAGE} here. Go to the folder of your project.`);
  return readFileSync(PACKAGE, 'utf8');
}

/** @throws Error, in one sentence, for a text that is not JSON */
export function parsePackage(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
  } catch (cause) {
    throw new Error(`${PACKAGE} is not JSON. Correct it, and try again.`, { cause });
  }
}

/**
 * Writes package.json as npm does: with the file's own indent and line ends. Its mode, its owner and its links stay.
 *
 * @param before the text that was read
 * @throws Error, in one sentence, when the file has changed since
 */
export function writePackage(before: string, changed: object): void {
  if (readPackageText() !== before)
    throw new Error(`${PACKAGE} has changed meanwhile, and stays as it is. Try again.`);
  const indent = /^([ \t]+)"/m.exec(before)?.[1] ?? 2;
  const text = `${JSON.stringify(changed, null, indent)}${before.endsWith('\n') ? '\n' : ''}`;
  writeFileSync(PACKAGE, before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}
