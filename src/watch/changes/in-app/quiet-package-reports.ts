import { type DependencyMessage, isOfPackage, toFile } from '../../files.ts';
import { resolveSupervisedRoot } from '../../supervision.ts';

interface Report {
  kind: keyof DependencyMessage;
  names: unknown[];
}

/** What has been imported of packages and of Node, by URL. */
const imported: string[] = [];
let isThin = false;

/**
 * Keeps the reports of Node on what it loads to the files of the app: those of packages, many hundreds,
 * are not watched, and each would cost a write at the time when the app starts. Node sends its reports
 * with `process.send`, as an app would.
 *
 * @param pass passes on what is left of a report, other than by that
 */
export function thinOutReports(pass?: (report: DependencyMessage) => void): void {
  const { send } = process;
  if (!send || isThin) return;
  isThin = true;
  const root = resolveSupervisedRoot();
  process.send = function (message: unknown, ...rest: unknown[]): boolean {
    const report = toReport(message);
    if (!report) return Reflect.apply(send, process, [message, ...rest]);
    const thinned = thinOut(report, root);
    if (!thinned || !process.connected) return true;
    return pass ? (pass(thinned), true) : Reflect.apply(send, process, [thinned]);
  } as typeof send;
}

/** The URLs of modules of packages that have been imported so far. */
export function importedModules(): string[] {
  return imported;
}

/** A report of Node is one list and nothing else; what an app sends is left as it is. */
function toReport(message: unknown): Report | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const [kind, ...others] = Object.keys(message);
  if (kind !== 'watch:import' && kind !== 'watch:require') return undefined;
  const names = (message as DependencyMessage)[kind];
  return Array.isArray(names) && others.length === 0 ? { kind, names } : undefined;
}

/** @returns what is left of a report, if anything is */
function thinOut({ kind, names }: Report, root: string): DependencyMessage | undefined {
  const left: string[] = [];
  for (const name of names) {
    if (typeof name !== 'string') continue; // Node reports `undefined` for what it requires first
    const path = toFile(name);
    const isOfOthers = path ? isOfPackage(path, root) : name.startsWith('node:');
    if (isOfOthers && kind === 'watch:import') imported.push(name);
    if (path && !isOfOthers) left.push(name);
  }
  return left.length > 0 ? { [kind]: left } : undefined;
}
