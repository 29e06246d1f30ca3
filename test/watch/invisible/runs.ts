import { poll } from '../../support/poll.ts';
import { standbyOf } from '../../support/rig.ts';
import { start, type Running } from '../../support/running.ts';
import { CLI } from '../../support/tools.ts';
import { Project, type Kind, type Rows, type Save } from './project.ts';

export type Facts = Record<string, unknown>;

interface Said extends Save {
  pid: number;
  facts: Facts;
}

/** A run under holdover watch. */
export interface Run {
  name: string;
  facts: Facts;
  /** Whether the process had waited; where that is known, and nothing but the save has happened. */
  wasStandby?: boolean;
}

/** What happens before a run. */
export interface Step {
  name: string;
  /** Happens while the standby waits; the app is saved after it. */
  change?: (project: Project) => void;
}

/** An app, and what happens to it. */
export interface Scenario {
  kind: Kind;
  rows: Rows;
  /** After the first run. */
  steps?: Step[];
  /** For Node, before the entry. */
  flags?: string[];
  env?: NodeJS.ProcessEnv;
  /** Whether a process waits for the next run. */
  hasStandby?: boolean;
}

/** All runs of an app, and what they are compared with. */
export interface Runs {
  runs: Run[];
  /** In plain Node, before all that happens. */
  before: Facts;
  /** The same after it. */
  after: Facts;
  running: Running;
}

/** The saves that follow the first run, unless something else is said. */
const SAVES: Step[] = [
  { name: 'after a restart' },
  { name: 'after another, of the entry', change: (project) => project.comment('main.js', 'saved') },
];

/** Runs an app in plain Node and under holdover watch, through all restarts. */
export async function runAll(scenario: Scenario): Promise<Runs> {
  const { kind, rows, steps = SAVES, flags = [], hasStandby = true } = scenario;
  const project = await Project.create(kind, rows);
  const { facts: before } = await runCold(project, scenario);
  const running = launch(project, [CLI, 'watch', '--verbose', ...flags], scenario);
  let said = await toldBy(running, 0);
  const runs: Run[] = [{ name: 'in the first run', facts: said.facts }];
  for (const [index, { name, change }] of steps.entries()) {
    const standby = hasStandby ? await standbyOf(running, said.pid) : undefined;
    const at = Date.now();
    change?.(project);
    project.save(index + 1, at);
    said = await toldBy(running, index + 1);
    const run: Run = { name, facts: said.facts };
    runs.push(run);
    // A change and the save after it may be two restarts, on a busy machine.
    if (hasStandby && !change) run.wasStandby = said.pid === standby;
  }
  const { facts: after } = scenario.steps ? await runCold(project, scenario) : { facts: before };
  return { runs, before, after, running };
}

function launch({ app, entry }: Project, words: string[], { env = {} }: Scenario): Running {
  return start(process.execPath, [...words, entry], { cwd: app.folder, env });
}

async function runCold(project: Project, scenario: Scenario): Promise<Said> {
  const { flags = [] } = scenario;
  const tsx = project.isTypeScript ? ['--import', 'tsx'] : [];
  const running = launch(project, [...tsx, ...flags], scenario);
  const said = await toldBy(running);
  running.kill('SIGKILL');
  await running.exited;
  return said;
}

/** What a run has told, or the first one there is. */
export async function toldBy(running: Running, run?: number): Promise<Said> {
  const find = (): Said | undefined =>
    allTold(running).find((said) => run === undefined || said.run === run);
  const which = run ?? 'in plain Node';
  await poll(() => find() ?? hasFailed(running)).catch((cause: Error) => {
    throw new Error(`Run ${which} has told nothing:\n${running.output}`, { cause });
  });
  const said = find();
  if (!said) throw new Error(`Run ${which} has failed:\n${running.output}`);
  return said;
}

/** What all runs have told. */
export function allTold({ output }: Running): Said[] {
  const lines = [...output.matchAll(/^said ([^\r\n]*)\r?\n/gm)];
  return lines.map(([, line = '']) => JSON.parse(line) as Said);
}

function hasFailed({ output }: Running): boolean {
  return /exited with code|\bNode\.js v\d/.test(output);
}
