import type { AnyNode, AssignmentExpression, BlockStatement, Function, Node } from 'acorn';
import { childrenOf, namesIn, type Syntax } from './parse.ts';
import type { Found } from './top.ts';

/** A function that has a name, by itself or by what it is assigned to. */
export interface NamedFunction {
  name: string;
  body: BlockStatement;
  /** How many functions it is in. */
  depth: number;
}

/**
 * Finds the functions of a module that have names. What is exported by default is `default`, also where it is
 * given to another function first: `export default fp(async (app) => { … })`.
 *
 * @param generated the name of the default export, where a compiler has given it one
 */
export function findFunctions({ body }: Syntax, generated: string | undefined): NamedFunction[] {
  const found: NamedFunction[] = [];
  const visit = (node: Node, given: string | undefined, depth: number): void => {
    const name = given !== undefined && given === generated ? 'default' : given;
    if (isCallable(node)) {
      const names = new Set([node.id?.name, name].filter((one) => one !== undefined));
      if (node.body.type === 'BlockStatement')
        for (const one of names) found.push({ name: one, body: node.body, depth });
      return visit(node.body, undefined, depth + 1);
    }
    for (const child of childrenOf(node))
      visit(child, nameFor(node as AnyNode, child, name), depth);
  };
  for (const statement of body) visit(statement, undefined, 0);
  return found;
}

/** The name that a node gives to one of those in it, which it has itself by `name`. */
function nameFor(parent: AnyNode, child: Node, name: string | undefined): string | undefined {
  switch (parent.type) {
    case 'ExportDefaultDeclaration':
      return 'default';
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' ? parent.id.name : undefined;
    case 'AssignmentExpression':
      return child === parent.right ? nameOfTarget(parent.left) : undefined;
    case 'AwaitExpression':
      return name;
    case 'CallExpression': {
      const { callee, arguments: words } = parent;
      const [first, second] = words;
      if (child !== first) return undefined;
      const isName = callee.type === 'Identifier' && callee.name === '__name';
      return isName && second?.type === 'Literal' ? String(second.value) : name;
    }
    default:
      return undefined;
  }
}

function nameOfTarget(left: AssignmentExpression['left']): string | undefined {
  if (left.type === 'Identifier') return left.name;
  if (left.type !== 'MemberExpression' || left.property.type !== 'Identifier') return undefined;
  return left.property.name === 'exports' ? 'default' : left.property.name;
}

function isCallable(node: Node): node is Function {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** What a function declares in its first block, and behind which statement it is there. */
export function findDeclared({ body }: NamedFunction): (Found & { end: number })[] {
  return body.body.flatMap((statement) => {
    if (statement.type !== 'VariableDeclaration') return [];
    const isMutable = statement.kind === 'let' || statement.kind === 'var';
    const names = statement.declarations.flatMap(({ id }) => namesIn(id));
    return names.map((name) => ({
      name,
      target: name,
      isMutable,
      isState: true,
      end: statement.end,
    }));
  });
}
