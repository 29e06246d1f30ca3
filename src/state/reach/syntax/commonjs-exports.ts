import type {
  AssignmentExpression,
  Expression,
  Identifier,
  MemberExpression,
  Node,
  ObjectExpression,
} from 'acorn';
import { isGenerated, isNoState, peel } from './shapes.ts';
import type { Top } from './top.ts';

/** What CommonJS exports, and what tsx shows of what it exports. */
export function takeExpression(top: Top, expression: Expression): void {
  if (expression.type === 'AssignmentExpression') return takeAssignment(top, expression);
  if (expression.type !== 'CallExpression') return undefined;
  const { callee, arguments: words } = expression;
  const [target, shown] = words;
  if (callee.type !== 'Identifier' || callee.name !== '__export') return undefined;
  if (shown?.type !== 'ObjectExpression') return undefined;
  const made = target?.type === 'Identifier' ? top.bindings.get(target.name) : undefined;
  if (made) made.isState = false; // the object that it exports
  for (const [key, value] of entriesOf(shown))
    if (value.type === 'ArrowFunctionExpression' && value.body.type === 'Identifier')
      top.exported.set(key, value.body.name);
}

function takeAssignment(top: Top, { left, right, operator }: AssignmentExpression): void {
  if (operator !== '=') return undefined;
  if (right.type === 'AssignmentExpression') takeAssignment(top, right); // exports = module.exports = …
  const name = nameOfExported(left);
  if (name === undefined) return undefined;
  if (name === 'default' && right.type === 'ObjectExpression' && isModuleExports(left)) {
    for (const [key, value] of entriesOf(right))
      takeExport(top, key, value, `module.exports.${key}`);
  } else {
    const isWhole = isModuleExports(left);
    takeExport(top, name, right, isWhole ? 'module.exports' : `${toText(left)}.${name}`, isWhole);
  }
}

function takeExport(
  top: Top,
  name: string,
  init: Expression,
  target: string,
  isWhole = false,
): void {
  const value = peel(init);
  if (value.type === 'Identifier') return void top.exported.set(name, value.name);
  if (value.type === 'CallExpression' && isHelper(value.callee)) return undefined;
  const isVoid = value.type === 'UnaryExpression' && value.operator === 'void';
  if (isVoid || value.type === 'AssignmentExpression' || isGenerated(name)) return undefined;
  if (isNoState(value, !isWhole, name) || top.bindings.has(name)) return undefined;
  top.bindings.set(name, { name, target, isMutable: !isWhole, isState: true });
}

/** `__toCommonJS(x_exports)`: what tsx exports is found by its names. */
function isHelper(callee: Node): boolean {
  return callee.type === 'Identifier' && (callee as Identifier).name.startsWith('__');
}

/** The name under which an assignment exports something; `module.exports` itself is the default. */
function nameOfExported(left: AssignmentExpression['left']): string | undefined {
  if (isModuleExports(left)) return 'default';
  if (left.type !== 'MemberExpression' || left.computed) return undefined;
  const { object, property } = left;
  const isExports = object.type === 'Identifier' && object.name === 'exports';
  if (!isExports && !isModuleExports(object)) return undefined;
  return property.type === 'Identifier' ? property.name : undefined;
}

function isModuleExports(node: Node): boolean {
  const { object, property, computed } = node as MemberExpression;
  if (node.type !== 'MemberExpression' || computed) return false;
  return (
    object.type === 'Identifier' &&
    object.name === 'module' &&
    property.type === 'Identifier' &&
    property.name === 'exports'
  );
}

/** What the name is written behind. */
function toText(left: AssignmentExpression['left']): string {
  return left.type === 'MemberExpression' && left.object.type === 'Identifier'
    ? left.object.name
    : 'module.exports';
}

function entriesOf({ properties }: ObjectExpression): [key: string, value: Expression][] {
  return properties.flatMap((property) =>
    property.type === 'Property' && !property.computed && property.key.type === 'Identifier'
      ? [[property.key.name, property.value] as [string, Expression]]
      : [],
  );
}
