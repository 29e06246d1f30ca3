import { pathToFileURL } from 'node:url';
import type { Position } from '../../asking/crash.ts';

/** The address that opens a place in an editor. */
export type ToEditorUrl = (position: Position) => string;

/** Editors by the name that a person gives; they register these addresses with the system. */
export const EDITORS: ReadonlyMap<string, ToEditorUrl> = new Map([
  ['vscode', byPath('vscode')],
  ['vscode-insiders', byPath('vscode-insiders')],
  ['vscodium', byPath('vscodium')],
  ['cursor', byPath('cursor')],
  ['windsurf', byPath('windsurf')],
  ['zed', byPath('zed')],
  ['idea', byQuery('idea')],
  ['webstorm', byQuery('webstorm')],
]);

/** `vscode://file/home/me/app/server.ts:3:7` */
function byPath(scheme: string): ToEditorUrl {
  return ({ file, line, column = 1 }) => `${scheme}://file${encodePath(file)}:${line}:${column}`;
}

/** `idea://open?file=/home/me/app/server.ts&line=3&column=7` */
function byQuery(scheme: string): ToEditorUrl {
  return ({ file, line, column = 1 }) =>
    `${scheme}://open?file=${encodeURIComponent(file)}&line=${line}&column=${column}`;
}

/** `/C:/a%20b/c.ts` */
function encodePath(file: string): string {
  return pathToFileURL(file).pathname;
}
