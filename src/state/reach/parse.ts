import { createRequire } from 'node:module';
import type { CallExpression, Function, Node, Pattern, Program } from 'acorn';

/** A module as it is parsed. */
export interface Syntax {
  /** What is at its top: in CommonJS that tsx has made, what is in the function around it. */
  body: Program['body'];
  isModule: boolean;
  /** Where something may be added behind all of it. */
  end: number;
}

type Acorn = typeof import('acorn');

let acorn: Acorn | undefined;

/**
 * Parses what Node is about to evaluate. A file of CommonJS may be an ES module all the same: Node looks into a
 * file that does not say what it is.
 *
 * @returns undefined for a wrapper of tsx that is not known
 * @throws SyntaxError for a text that Node would refuse, and for syntax that acorn does not know
 */
export function parseModule(text: string, isModule: boolean): Syntax | undefined {
  acorn ??= loadAcorn();
  let program: Program;
  try {
    program = parse(acorn, text, isModule ? 'module' : 'commonjs');
  } catch (error) {
    if (isModule) throw error;
    try {
      program = parse(acorn, text, 'module');
    } catch {
      throw error;
    }
  }
  if (!isWrapped(text))
    return { body: program.body, isModule: program.sourceType === 'module', end: text.length };
  const wrapper = findWrapper(program);
  if (wrapper?.body.type !== 'BlockStatement') return undefined;
  return { body: wrapper.body.body, isModule: false, end: wrapper.body.end - 1 };
}

function parse(
  { parse: toProgram }: Acorn,
  text: string,
  sourceType: 'module' | 'commonjs',
): Program {
  return toProgram(text, { ecmaVersion: 'latest', sourceType });
}

/** Takes it out of `require.cache`: an app that requires it gets its own. */
function loadAcorn(): Acorn {
  const require = createRequire(import.meta.url);
  const file = require.resolve('acorn');
  const isTheirs = file in require.cache;
  const exports = require(file) as Acorn;
  if (!isTheirs) delete require.cache[file];
  return exports;
}

/**
 * Whether tsx has put a function around a module. tsx 4 makes that of TypeScript as CommonJS, on lines of their
 * own: `__filename="…";(()=>{`, the module, and `})()`. `test/state/reach-hosts.process.test.ts` pins that of the
 * tsx that is installed.
 */
export function isWrapped(text: string): boolean {
  return /^(?:#!.*\n)?__filename=/.test(text);
}

function findWrapper({ body }: Program): Function | undefined {
  return body
    .map((statement) => statement.type === 'ExpressionStatement' && statement.expression)
    .filter((one): one is CallExpression => one && one.type === 'CallExpression')
    .map(({ callee }) => callee)
    .find((callee) => isFunction(callee));
}

/** Whether a node is a function of any kind. */
export function isFunction(node: Node): node is Function {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** The nodes in a node. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter(
      (value: unknown): value is Node =>
        typeof value === 'object' && value !== null && 'type' in value && 'start' in value,
    );
}

/** The names that a pattern binds. */
export function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesIn(element) : []));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}
