/** The values of `holdover watch --keep`, as typed, shared by all copies of holdover in this process. */
const KEEP = Symbol.for('holdover.keep-flag.1');
const shared = globalThis as { [KEEP]?: string[] | undefined };

/** Returns the values of `--keep`, in the supervisor and in the app's process. */
export function resolveChosenKeep(): string[] | undefined {
  return shared[KEEP];
}

/** Sets the values of `--keep`. */
export function chooseKeep(values: string[] | undefined): void {
  shared[KEEP] = values;
}

/** Returns the scheme of addresses that open a file in the editor of this terminal; otherwise that of VS Code. */
export function resolveEditor(): string {
  const { CURSOR_TRACE_ID, TERM_PROGRAM, TERMINAL_EMULATOR } = process.env;
  if (CURSOR_TRACE_ID) return 'cursor';
  if (TERMINAL_EMULATOR === 'JetBrains-JediTerm') return 'idea';
  return TERM_PROGRAM === 'zed' ? 'zed' : 'vscode';
}

/** Returns the configuration that tsx reads instead of `tsconfig.json`. */
export function resolveTsconfig(): string | undefined {
  return process.env.TSX_TSCONFIG_PATH || undefined;
}

/** Returns the options for Node that every process inherits. */
export function resolveNodeOptions(): string {
  return process.env.NODE_OPTIONS ?? '';
}

/** Whether `node --test` runs this process: it sets the variable for each file, and leaves NODE_ENV alone. */
export function resolveTested(): boolean {
  return process.env.NODE_TEST_CONTEXT !== undefined;
}

/** Makes this process and its children store sessions in Redis. */
export function chooseRedis(): void {
  process.env.SESSION_TYPE = 'redis';
}

/** Makes tsx read this configuration in the children of this process, as `tsx --tsconfig` does. */
export function chooseTsconfig(file: string): void {
  process.env.TSX_TSCONFIG_PATH = file;
}

/** Makes tsx compile every file anew in the children of this process, as `tsx --no-cache` does. */
export function chooseNoCache(): void {
  process.env.TSX_DISABLE_CACHE = '1';
}

/** Sets the variables that are not set yet. */
export function addVariables(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
}
