import type { CAC } from 'cac';
import { readViteConfig } from '../../care/vite-config.ts';
import { readDependencies } from '../../options/manifest.ts';
import { findProjectRoot, toDisplay } from '../../options/project.ts';
import { logToTerminal } from '../../options/terminal.ts';
import { isObject } from '../../options/values.ts';
import { toPrintable } from '../../session/display/printable.ts';
import { ask, canAsk } from '../ask.ts';
import { parsePackage, readPackageText, writePackage } from '../package-file.ts';
import { print } from '../printing.ts';
import { findUsualEntry } from '../watch/entry.ts';
import { explainScript, rewriteScript } from './scripts.ts';

interface Flags {
  yes?: boolean;
}

/** Adds `holdover init` to the command line. */
export function addInitCommand(cli: CAC): void {
  cli
    .command('init', 'Write holdover watch into the scripts of package.json')
    .option('--yes', 'Do not ask')
    .action(init);
}

/**
 * Shows the scripts that it would write, asks, and writes them. Without a terminal it writes only with --yes. The exit
 * code is 1 where there is nothing that it can write.
 *
 * @throws Error, in one sentence, when package.json cannot be read, or changes meanwhile
 */
async function init({ yes }: Flags): Promise<void> {
  process.chdir(findProjectRoot(process.cwd())); // paths in scripts are relative to it
  const before = readPackageText();
  const manifest = parsePackage(before);
  const scripts = toScripts(manifest);
  const changed = { ...scripts };
  const reasons: string[] = [];
  for (const [name, script] of Object.entries(scripts)) {
    const { script: rewritten, notes } = rewriteScript(name, script);
    changed[name] = rewritten;
    if (rewritten !== script)
      print(
        `- "${toPrintable(name)}": ${toPrintable(script)}`,
        `+ "${toPrintable(name)}": ${toPrintable(rewritten)}`,
      );
    reasons.push(...notes.map((note) => `The script ${name}: ${note}`));
  }
  const isChanged = Object.keys(scripts).some((name) => changed[name] !== scripts[name]);
  for (const reason of reasons) logToTerminal(toPrintable(reason));
  const isPluginNeeded = printPlugin();
  if (!isChanged) return isPluginNeeded ? undefined : explainAll(scripts, reasons);
  if (!readDependencies(process.cwd()).includes('holdover'))
    logToTerminal('Install holdover in this project, too: npm install -D holdover');
  if (!yes && !canAsk())
    return logToTerminal('Nothing was written. To write it: holdover init --yes');
  if (!yes && !(await ask('Write it?'))) return logToTerminal('Nothing was written.');
  writePackage(before, { ...manifest, scripts: { ...(manifest.scripts as object), ...changed } });
  logToTerminal('Wrote package.json.');
}

function toScripts({ scripts }: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(isObject(scripts) ? scripts : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Prints the two lines for a configuration of Vite that needs the plugin. Returns whether it does. */
function printPlugin(): boolean {
  const config = readViteConfig(process.cwd());
  if (!config?.needsPlugin || config.hasPlugin) return false;
  logToTerminal(`Add these two lines to ${config.name}, in which server code runs:`);
  print("import holdover from 'holdover/vite';", 'plugins: [holdover(), …]');
  return true;
}

/** Says why nothing can be written. Where holdover runs already, nothing has to be. */
function explainAll(scripts: Record<string, string>, reasons: string[]): void {
  const isDone = Object.values(scripts).some((script) =>
    /holdover (watch|.*register)|holdover\/register/.test(script),
  );
  if (isDone && reasons.length === 0)
    return logToTerminal('There is nothing to change: a script runs holdover already.');
  process.exitCode = 1;
  for (const [name, script] of Object.entries(scripts)) {
    if (reasons.some((reason) => reason.startsWith(`The script ${name}:`))) continue;
    logToTerminal(toPrintable(`The script ${name}: ${explainScript(script)}`));
  }
  logToTerminal(
    `Nothing can be changed. Write the script of your server yourself: "dev": "holdover watch ${toUsual()}"`,
  );
}

function toUsual(): string {
  try {
    return toDisplay(findUsualEntry());
  } catch {
    return '<entry>';
  }
}
