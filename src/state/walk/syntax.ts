import { parse, type AnyNode, type Program } from 'acorn';

/** A function of any kind. */
export type FunctionNode = Extract<AnyNode, { params: unknown; body: unknown }>;

export function isFunction(node: AnyNode): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/**
 * Whether a function is what a tool has put around the text of a module: tsx around TypeScript that is
 * CommonJS, Vite around all that it evaluates.
 */
export function isWrapperOf(text: string, { start, params }: FunctionNode): boolean {
  if (text.startsWith('__filename=')) return start === text.indexOf('(()=>{') + 1;
  return params.some((one) => one.type === 'Identifier' && one.name === '__vite_ssr_exports__');
}

/** `a = require('./a')`, and what esbuild makes of an import: `a = __toESM(require("./a"))`. */
export function toRequired(declarator: string): string | undefined {
  return /^[\w$]+\s*=\s*(?:__toESM\()?require\(\s*["']([^"']+)["']\s*\)/.exec(declarator)?.[1];
}

/** What esbuild makes of exports: `__export(to,{default:()=>a_default,b:()=>b})`. */
export function gettersOf(call: string): [exported: string, name: string][] {
  const found = call.matchAll(/["']?([\w$]+)["']?\s*:\s*\(\)\s*=>\s*([\w$]+)/g);
  return [...found].map(([, exported = '', name = '']) => [exported, name]);
}

/** @throws SyntaxError for what acorn cannot read */
export function parseText(text: string): Program {
  const options = { ecmaVersion: 'latest', allowHashBang: true } as const;
  try {
    return parse(text, { ...options, sourceType: 'module' });
  } catch {
    const lenient = { allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true };
    return parse(text, { ...options, ...lenient, sourceType: 'script' });
  }
}

/**
 * The nodes right within one, and the names that they get there.
 *
 * @param name that the node itself gets
 */
export function* childrenOf(
  node: AnyNode,
  name: string | undefined,
): Generator<[child: AnyNode, name: string | undefined]> {
  for (const value of Object.values(node) as unknown[]) {
    for (const child of [value].flat())
      if (isNode(child)) yield [child, toGivenName(node, child, name)];
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof (value as { type?: unknown } | null)?.type === 'string';
}

/** What is exported by default is `default`, also where it is given to another function first. */
function toGivenName(
  parent: AnyNode,
  child: AnyNode,
  name: string | undefined,
): string | undefined {
  switch (parent.type) {
    case 'ExportDefaultDeclaration':
      return 'default';
    case 'VariableDeclarator':
      return child === parent.init && parent.id.type === 'Identifier' ? parent.id.name : undefined;
    case 'AssignmentExpression':
      return child === parent.right ? toTargetName(parent.left) : undefined;
    case 'AwaitExpression':
      return name;
    case 'CallExpression': {
      const [first, second] = parent.arguments;
      if (child !== first) return undefined;
      // esbuild names functions by `__name(…, 'name')`.
      const isNaming = parent.callee.type === 'Identifier' && parent.callee.name === '__name';
      return isNaming && second?.type === 'Literal' ? String(second.value) : name;
    }
    default:
      return undefined;
  }
}

function toTargetName(left: AnyNode): string | undefined {
  if (left.type === 'Identifier') return left.name;
  if (left.type !== 'MemberExpression' || left.property.type !== 'Identifier') return undefined;
  return left.property.name === 'exports' ? 'default' : left.property.name;
}

/** The name under which something is imported or exported: a word or a string. */
export function toName(node: { name?: string; value?: unknown }): string {
  return node.name ?? String(node.value);
}

/** The names that a pattern declares. */
export function namesOf(node: AnyNode | null): string[] {
  switch (node?.type) {
    case 'Identifier':
      return [node.name];
    case 'ObjectPattern':
      return node.properties.flatMap((one) => namesOf(one.type === 'Property' ? one.value : one));
    case 'ArrayPattern':
      return node.elements.flatMap(namesOf);
    case 'RestElement':
      return namesOf(node.argument);
    case 'AssignmentPattern':
      return namesOf(node.left);
    default:
      return [];
  }
}
