import type { Expression, Identifier, Literal, ModuleDeclaration, Statement } from 'acorn';

/** Without what stands around it and changes nothing: `await`, and the `__name()` of esbuild. */
export function peel(node: Expression): Expression {
  if (node.type === 'AwaitExpression' || node.type === 'ChainExpression') {
    return peel('argument' in node ? node.argument : node.expression);
  }
  if (node.type !== 'CallExpression') return node;
  const { callee, arguments: words } = node;
  const [first] = words;
  const isName = callee.type === 'Identifier' && callee.name === '__name';
  return isName && first && first.type !== 'SpreadElement' ? peel(first) : node;
}

/** Whether a name is one that esbuild and TypeScript give to what they add. */
export function isGenerated(name: string): boolean {
  return name.startsWith('__');
}

/** Whether something is code rather than state: a function, a constant, an enum, an import. */
export function isNoState(value: Expression, isMutable: boolean, name: string): boolean {
  switch (value.type) {
    case 'ClassExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return true;
    case 'Literal':
    case 'TemplateLiteral':
      return !isMutable;
    default:
      return isFromElsewhere(value) || fillsItself(value, name);
  }
}

/** `require('x')`, `import('x')`, what is made of it by helpers of compilers, and what is in that. */
function isFromElsewhere(value: Expression): boolean {
  switch (value.type) {
    case 'ImportExpression':
      return true;
    case 'AwaitExpression':
      return isFromElsewhere(value.argument);
    case 'MemberExpression':
      return value.object.type !== 'Super' && isFromElsewhere(value.object);
    case 'CallExpression': {
      const { callee, arguments: words } = value;
      if (callee.type !== 'Identifier') return false;
      if (callee.name === 'require') return true;
      const [first] = words;
      const isHelper = /^(__|_interop)/.test(callee.name);
      return isHelper && first !== undefined && first.type !== 'SpreadElement'
        ? isFromElsewhere(first)
        : false;
    }
    default:
      return false;
  }
}

/** `(Color => { … })(Color || {})`: how compilers write an enum or a namespace. */
function fillsItself(value: Expression, name: string): boolean {
  if (value.type !== 'CallExpression') return false;
  const { callee, arguments: words } = value;
  const isFunction =
    callee.type === 'ArrowFunctionExpression' || callee.type === 'FunctionExpression';
  const [first] = words;
  if (!isFunction || first?.type !== 'LogicalExpression' || first.operator !== '||') return false;
  return first.left.type === 'Identifier' && first.left.name === name;
}

/** The name of the enum that a statement fills, as TypeScript writes it. */
export function nameOfEnum(statement: Statement | ModuleDeclaration): string | undefined {
  if (statement.type !== 'ExpressionStatement') return undefined;
  const { expression } = statement;
  if (expression.type !== 'CallExpression') return undefined;
  const [first] = expression.arguments;
  const isLogical = first?.type === 'LogicalExpression' && first.left.type === 'Identifier';
  const name = isLogical ? (first.left as Identifier).name : undefined;
  return name !== undefined && fillsItself(expression, name) ? name : undefined;
}

/** `export { users as shown }`, `export { users as 'any text' }`. */
export function nameOfExport(exported: Identifier | Literal): string {
  return exported.type === 'Identifier' ? exported.name : String(exported.value);
}
