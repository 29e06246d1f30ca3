import type { Environment } from './environment.ts';
import type { Stamp } from './stamps.ts';

/** A file that is required while a module is evaluated. */
export interface Requirement {
  file: string;
  /** Whose `require` it was: that of the module, or of one of which it has called a function. */
  by: string;
}

/** What is known of a module that may be preloaded. */
export interface PlannedModule {
  file: string;
  /** It is an ES module that stands for a CommonJS file, the only one that it requires. */
  isShim: boolean;
  /** See `main-module.ts`. */
  mayAskForMain: boolean;
  /** The files that it requires, JSON included, in the order in which it does. */
  requires: Requirement[];
  /** Modules of others of which it called a function, or changed an object, while it was evaluated. */
  touches: string[];
  /** The variables of the environment that it read. */
  variables: string[];
  /** It has listed the names of all variables. */
  listsVariables: boolean;
  /** What it asked the system, to be asked again before use: see `answers.ts`. */
  questions: string[];
  /** The builtins that it required, whose patching it would have seen. */
  builtins: string[];
  /** Everything on disk that decided what was evaluated. */
  stamps: Stamp[];
}

/** A module to load, and in which environment. */
export interface PlannedRoot {
  file: string;
  /** Index in `environments`. */
  environment: number;
}

/** What a standby may load in advance. JSON all through. */
export interface PreloadPlan {
  roots: PlannedRoot[];
  modules: PlannedModule[];
  environments: Environment[];
  /** Why files are left out, for `DEBUG=holdover:preload` and the tests. */
  refused: Record<string, string>;
}

/** What the probe has found out of one module. */
export interface Finding extends PlannedModule {
  /** Index in `environments`, of the load that it was part of. */
  environment: number;
  /** Modules that were evaluated while this one was, outermost first. */
  within: string[];
  /** What speaks against loading it in advance. */
  offence: string | undefined;
}

/**
 * The rule. A module is loaded in advance when nothing speaks against it, nothing speaks against any
 * module that it requires, and it has touched no module that is preloaded on behalf of another root:
 * whoever gets that one may not get this one.
 */
export function choosePlan(findings: Finding[], environments: Environment[]): PreloadPlan {
  const byFile = new Map(findings.map((finding) => [finding.file, finding]));
  const refused = refuse(byFile);
  const owners = new Map<string, string>();
  const roots: PlannedRoot[] = [];
  for (const finding of findings) {
    if (refused.has(finding.file) || owners.has(finding.file)) continue;
    // Of a module that is refused, the parts are roots of their own.
    const closure = closureOf(finding.file, byFile).filter((file) => !owners.has(file));
    const strangers = closure.flatMap((file) =>
      (byFile.get(file)?.touches ?? []).filter((touched) => owners.has(touched)),
    );
    if (strangers.length > 0) {
      refused.set(finding.file, `touches ${strangers[0]}, which another has loaded`);
      continue;
    }
    for (const file of closure) owners.set(file, finding.file);
    roots.push({ file: finding.file, environment: finding.environment });
  }
  const modules = findings.filter(({ file }) => owners.has(file)).map(toPlanned);
  return { roots, modules, environments, refused: Object.fromEntries(refused) };
}

function toPlanned(finding: Finding): PlannedModule {
  const { environment: _environment, within: _within, offence: _offence, ...planned } = finding;
  return planned;
}

/** A module and all that it requires, in the order in which a cold run would load them. */
export function closureOf(
  file: string,
  modules: ReadonlyMap<string, { requires: Requirement[] }>,
): string[] {
  const seen = new Set<string>();
  const add = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    modules.get(name)?.requires.forEach(({ file: required }) => add(required));
  };
  add(file);
  return [...seen];
}

/** The builtins that any module of a plan has looked at. */
export function builtinsOf(plan: PreloadPlan): string[] {
  return [...new Set(plan.modules.flatMap(({ builtins }) => builtins))];
}

/** Every module with an offence, and every module that requires one that is refused. */
function refuse(byFile: Map<string, Finding>): Map<string, string> {
  const refused = new Map<string, string>();
  for (const { file, offence } of byFile.values()) if (offence) refused.set(file, offence);
  for (let size = -1; size !== refused.size;) {
    size = refused.size;
    for (const { file, requires, within } of byFile.values()) {
      const bad = requires.find((required) => refused.has(required.file));
      if (bad && !refused.has(file)) refused.set(file, `requires ${bad.file}`);
      // Evaluated within another, though by no require of it: that one did more than it seems.
      const parent = within.at(-1);
      const isRequired =
        !parent || byFile.get(parent)?.requires.some((required) => required.file === file);
      if (!isRequired && parent && !refused.has(parent)) refused.set(parent, `loads ${file}`);
    }
  }
  return refused;
}
