import { Rig, type Setup } from '../support/rig.ts';

/** What the plain app answers. */
export interface Answer {
  version: string;
  pid: number;
  argv: string[];
  flag?: string;
}

/** The plain app under `holdover watch`, which answers its version. */
export function startPlain(setup: Setup = {}): Promise<Rig> {
  return Rig.start({ fixture: 'plain', ...setup });
}

/** Saves a version of the plain app; `statements` run before it listens. */
export function saveVersion(rig: Rig, version: string, statements = ''): void {
  rig.save('version.js', `export const version = '${version}';\n${statements}`);
}

/** Waits for the answer of a version of the plain app. */
export function answersVersion(rig: Rig, version = '1'): Promise<Answer> {
  return rig.answers<Answer>({ version });
}
