import type { ArrowFunctionExpression, FunctionExpression, Node, Pattern, Program } from 'acorn';
import { loadHidden } from '../load-hidden.ts';

/** How a text is evaluated. */
export type Format = 'module' | 'commonjs';

/** A module as it is parsed. */
export interface Syntax {
  /** What is at its top: in CommonJS that tsx has made, what is in the function around it. */
  body: Program['body'];
  isModule: boolean;
  /** Where the end of the top is, when something is around it. */
  innerEnd: number | undefined;
}

type Acorn = typeof import('acorn');

let acorn: Acorn | undefined;

/**
 * Parses what Node is about to evaluate.
 *
 * @throws SyntaxError for a text that Node would refuse, and for syntax that acorn does not know
 */
export function parseModule(text: string, format: Format): Syntax {
  const [program, isModule] = parse(text, format);
  const wrapper = isWrapped(text) ? findWrapper(program) : undefined;
  if (!wrapper) return { body: program.body, isModule, innerEnd: undefined };
  return { body: wrapper.body.body as Program['body'], isModule, innerEnd: wrapper.body.end - 1 };
}

/** Node looks into a file that does not say what it is, and so does this. */
function parse(text: string, format: Format): [program: Program, isModule: boolean] {
  acorn ??= loadHidden<Acorn>('acorn');
  const formats = format === 'module' ? ([format] as const) : ([format, 'module'] as const);
  let error: unknown;
  for (const sourceType of formats) {
    try {
      return [acorn.parse(text, { ecmaVersion: 'latest', sourceType }), sourceType === 'module'];
    } catch (cause) {
      error ??= cause;
    }
  }
  throw error;
}

/**
 * What tsx 4 makes of TypeScript as CommonJS, on lines of their own: `__filename="…";(()=>{`, the module, and
 * `})()`. `test/state/reach-hosts.process.test.ts` pins that of the tsx that is installed.
 */
const WRAPPED = /^(?:#!.*\n)?__filename=/;
const WRAPPER_END = '\n})()';

/** Whether tsx has put a function around a module; whether it is one of a known kind is not said. */
export function isWrapped(text: string): boolean {
  return WRAPPED.test(text);
}

/** Where the end of the top is in a text that tsx has wrapped, found without a parse. */
export function findWrapperEnd(text: string): number | undefined {
  const at = text.lastIndexOf(WRAPPER_END);
  return at === -1 ? undefined : at + 1;
}

type Wrapper = (ArrowFunctionExpression | FunctionExpression) & {
  body: { type: 'BlockStatement' };
};

function findWrapper({ body }: Program): Wrapper | undefined {
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement') continue;
    const { expression: call } = statement;
    if (call.type !== 'CallExpression') continue;
    const { callee } = call;
    if ('body' in callee && callee.body.type === 'BlockStatement') return callee as Wrapper;
  }
  return undefined;
}

/** The nodes in a node. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Whether a CommonJS module may return before its end. */
export function hasReturn(nodes: readonly Node[]): boolean {
  return nodes.some(
    (node) =>
      node.type === 'ReturnStatement' ||
      (!/Function|Class/.test(node.type) && hasReturn(childrenOf(node))),
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
