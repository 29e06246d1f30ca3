import type { AnyNode, AssignmentExpression, BlockStatement, Class, Node } from 'acorn';
import { childrenOf, isFunction, namesIn, type Syntax } from './parse.ts';
import type { Variable } from './top.ts';

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
    if (isFunction(node)) {
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

/** What a function declares in its first block, and behind which statement it is there. */
export function findDeclared({ body }: NamedFunction): (Variable & { end: number })[] {
  return body.body.flatMap((statement) => {
    if (statement.type !== 'VariableDeclaration') return [];
    const { kind, declarations, end } = statement;
    const isMutable = kind === 'let' || kind === 'var';
    return declarations
      .flatMap(({ id }) => namesIn(id))
      .map((name) => ({ name, target: name, isMutable, isCode: false, end }));
  });
}

/** The private fields of a class, with their `#`, and where it ends: behind its last member. */
export interface PrivateClass {
  fields: string[];
  end: number;
}

/** The classes with private fields that are made when a module is evaluated: none that a function makes. */
export function findPrivateClasses({ body }: Syntax): PrivateClass[] {
  const found: PrivateClass[] = [];
  const visit = (node: Node): void => {
    if (isFunction(node)) return;
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      const members = (node as Class).body.body;
      const fields = members.flatMap((member) =>
        member.type === 'PropertyDefinition' &&
        member.key.type === 'PrivateIdentifier' &&
        !member.static
          ? [`#${member.key.name}`]
          : [],
      );
      if (fields.length > 0) found.push({ fields, end: members.at(-1)?.end as number });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of body) visit(statement);
  return found;
}

/** Whether a CommonJS module may return before its end. */
export function hasReturn(nodes: readonly Node[]): boolean {
  return nodes.some(
    (node) =>
      node.type === 'ReturnStatement' ||
      (!/Function|Class/.test(node.type) && hasReturn(childrenOf(node))),
  );
}
