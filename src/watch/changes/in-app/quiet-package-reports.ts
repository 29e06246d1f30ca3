import type { DependencyMessage } from '../../protocol.ts';

/** Modules of packages that have been imported. */
const imported: string[] = [];
let isThin = false;

/**
 * Keeps the reports of Node on what it loads to the files of the app: those of packages, many hundreds,
 * are not watched, and each would cost a write at the time when the app starts. Node sends its reports
 * with `process.send`, as an app would.
 */
export function thinOutReports(): void {
  const { send } = process;
  if (!send || isThin) return;
  isThin = true;
  process.send = function (message: unknown, ...rest: unknown[]): boolean {
    const thinned = isReport(message) ? thinOut(message) : message;
    return thinned === undefined || Reflect.apply(send, process, [thinned, ...rest]);
  } as typeof send;
}

/** The URLs of modules of packages that have been imported so far. */
export function importedModules(): string[] {
  return imported;
}

function isReport(message: unknown): message is DependencyMessage {
  if (typeof message !== 'object' || message === null) return false;
  return 'watch:import' in message || 'watch:require' in message;
}

function thinOut(report: DependencyMessage): DependencyMessage | undefined {
  const { 'watch:import': imports = [], 'watch:require': requires = [] } = report;
  imported.push(...imports.filter(isOfPackage));
  const left = {
    'watch:import': imports.filter((name) => !isOfPackage(name)),
    'watch:require': requires.filter((name) => !isOfPackage(name)),
  };
  const isEmpty = left['watch:import'].length + left['watch:require'].length === 0;
  return isEmpty ? undefined : left;
}

function isOfPackage(name: unknown): boolean {
  return (
    typeof name === 'string' && (/[\\/]node_modules[\\/]/.test(name) || name.startsWith('node:'))
  );
}
