import { existsSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type {
  AssignmentExpression,
  Class,
  ExportDefaultDeclaration,
  Expression,
  ModuleDeclaration,
  Statement,
  VariableDeclaration,
} from 'acorn';
import { isFunction, namesIn, type Syntax } from './parse.ts';

/** What is added to a text, or stands in the place of as many characters of it. */
export interface Edit {
  at: number;
  text: string;
  /** Where what is replaced ends; @default nothing is */
  end?: number;
}

/** What can be read at the top of a module, and may hold data: its value tells whether it does. */
export interface Variable {
  name: string;
  /** What reads it, and what is assigned to. */
  target: string;
  isMutable: boolean;
  /** Whether it is shown only where it is named: an enum, a function, what a compiler adds. */
  isCode: boolean;
}

/** Finds what is at the top of a module. */
export class Top {
  readonly variables = new Map<string, Variable>();
  /** What reads each class, by its name: `Room`, or `./room#Room` for an imported one. */
  readonly classes = new Map<string, string>();
  /** The name at the top for each name that is exported. */
  readonly exported = new Map<string, string>();
  /** The name at the top that a compiler has given to what is exported by default. */
  readonly generated: string | undefined;
  /** What gives a name to the default export, where that is an expression. */
  edits: Edit[] = [];
  /** What is said behind the module then. */
  restated = '';
  readonly #text: string;
  readonly #file: string;

  /** @param file absolute */
  constructor({ body }: Syntax, text: string, file: string) {
    this.#text = text;
    this.#file = file;
    for (const statement of body) this.#takeStatement(statement);
    const local = this.exported.get('default');
    const found = local?.endsWith('_default') ? this.variables.get(local) : undefined;
    if (!found) return;
    this.generated = found.name;
    this.variables.delete(found.name);
    this.variables.set('default', { ...found, name: 'default', isMutable: false });
  }

  #add(name: string, target: string, isMutable: boolean, isCode = false): void {
    const isOfCompiler = name.startsWith('__');
    this.variables.set(name, { name, target, isMutable, isCode: isCode || isOfCompiler });
  }

  #takeStatement(statement: Statement | ModuleDeclaration): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        for (const specifier of statement.specifiers) {
          const { local } = specifier;
          const from = specifier.type === 'ImportSpecifier' ? specifier.imported : local;
          const name = from.type === 'Identifier' ? from.name : String(from.value);
          this.#takeImport(statement.source.value, name, local.name);
        }
        return;
      case 'VariableDeclaration':
        return this.#takeVariables(statement);
      case 'ClassDeclaration':
        return void this.classes.set(statement.id.name, statement.id.name);
      case 'FunctionDeclaration':
        return this.#add(statement.id.name, statement.id.name, false, true);
      case 'ExportNamedDeclaration':
        if (statement.declaration) this.#takeStatement(statement.declaration);
        else if (!statement.source)
          for (const { exported, local } of statement.specifiers)
            if (local.type === 'Identifier')
              this.exported.set(
                exported.type === 'Identifier' ? exported.name : String(exported.value),
                local.name,
              );
        return;
      case 'ExportDefaultDeclaration':
        return this.#takeDefault(statement);
      case 'ExpressionStatement':
        return this.#takeExpression(statement.expression);
      default:
    }
  }

  #takeVariables({ kind, declarations }: VariableDeclaration): void {
    if (kind.endsWith('using')) return; // disposed of when the module has been evaluated
    for (const { id, init } of declarations) {
      const source = findSource(init);
      for (const name of namesIn(id)) {
        if (source !== undefined) this.#takeImport(source, name, name);
        else this.#add(name, name, kind === 'let' || kind === 'var', nameOfEnum(init) === name);
      }
    }
  }

  /** Of what is imported only classes are shown, and none of a package: a client of a database is no data. */
  #takeImport(source: unknown, name: string, local: string): void {
    if (typeof source === 'string' && !isOfPackage(source, this.#file))
      this.classes.set(`${source}#${name}`, local);
  }

  #takeDefault({ start, declaration }: ExportDefaultDeclaration): void {
    if (declaration.type === 'Identifier')
      return void this.exported.set('default', declaration.name);
    if (declaration.type.startsWith('Class')) {
      const { id } = declaration as Class;
      if (id) this.classes.set(id.name, id.name);
    } else if (!isFunction(declaration)) this.#nameDefault(start);
  }

  /**
   * Makes `const _keep_= new Store()` of `export default new Store()`: as long as before, so that nothing moves.
   */
  #nameDefault(start: number): void {
    const rest = this.#text.slice(start);
    const [head] = /^export(?:\s|\/\*[^]*?\*\/|\/\/.*\n)*default/.exec(rest) ?? [];
    if (head === undefined) return;
    let name = '_keep_';
    for (let i = 0; this.#text.includes(name); i++) name = `_k${String(i).padStart(3, '0')}_`;
    const end = start + head.length;
    this.edits = [
      { at: start, end: start + 'export'.length, text: 'const ' },
      { at: end - 'default'.length, end, text: `${name}=` },
    ];
    this.restated = `export{${name} as default};`;
    this.#add('default', name, false);
  }

  #takeExpression(expression: Expression): void {
    if (expression.type === 'AssignmentExpression') return this.#takeAssignment(expression);
    const filled = this.variables.get(nameOfEnum(expression) ?? '');
    if (filled) filled.isCode = true;
    if (expression.type !== 'CallExpression') return;
    const { callee, arguments: words } = expression;
    const [target, shown] = words;
    const isExport = callee.type === 'Identifier' && callee.name === '__export';
    if (!isExport || target?.type !== 'Identifier' || shown?.type !== 'ObjectExpression') return;
    this.variables.delete(target.name); // the object that it exports
    for (const property of shown.properties)
      if (property.type === 'Property' && property.key.type === 'Identifier') {
        const { value } = property;
        if (value.type === 'ArrowFunctionExpression' && value.body.type === 'Identifier')
          this.exported.set(property.key.name, value.body.name);
      }
  }

  /** What CommonJS exports without a name of its own: `exports.users = []`, `module.exports = { users: [] }`. */
  #takeAssignment({ left, right, operator }: AssignmentExpression): void {
    if (operator !== '=') return;
    if (right.type === 'AssignmentExpression') return this.#takeAssignment(right);
    const path = this.#text.slice(left.start, left.end);
    const [, name] = /^(?:module\.)?exports\.([\w$]+)$/.exec(path) ?? [];
    if (name !== undefined) return this.#takeExport(name, right);
    if (path !== 'module.exports') return;
    if (right.type !== 'ObjectExpression') return this.#takeExport('default', right, true);
    for (const property of right.properties)
      if (property.type === 'Property' && property.key.type === 'Identifier' && !property.computed)
        this.#takeExport(property.key.name, property.value);
  }

  #takeExport(name: string, value: Expression, isWhole = false): void {
    if (value.type === 'Identifier') return void this.exported.set(name, value.name);
    const isHelper = value.type === 'CallExpression' && this.#text.startsWith('__', value.start);
    const isEmpty = value.type === 'UnaryExpression' && value.operator === 'void';
    if (isHelper || isEmpty || findSource(value) !== undefined || this.variables.has(name)) return;
    this.#add(name, isWhole ? 'module.exports' : `module.exports.${name}`, !isWhole);
  }
}

/**
 * Returns what `require('x')`, `import('x')`, and what helpers of compilers make of it, is from; null where that is
 * no text, and undefined for any other value.
 */
function findSource(value: Expression | null | undefined): string | null | undefined {
  switch (value?.type) {
    case 'AwaitExpression':
      return findSource(value.argument);
    case 'MemberExpression':
      return value.object.type === 'Super' ? undefined : findSource(value.object);
    case 'ImportExpression':
      return toLiteral(value.source);
    case 'CallExpression': {
      const { callee, arguments: words } = value;
      const [first] = words;
      if (callee.type !== 'Identifier' || !first || first.type === 'SpreadElement')
        return undefined;
      if (callee.name === 'require') return toLiteral(first);
      return /^(__|_interop)/.test(callee.name) ? findSource(first) : undefined;
    }
    default:
      return undefined;
  }
}

function toLiteral(value: Expression): string | null {
  return value.type === 'Literal' && typeof value.value === 'string' ? value.value : null;
}

/** Returns the name in `(Color => { … })(Color || {})`: how compilers fill an enum or a namespace. */
function nameOfEnum(value: Expression | null | undefined): string | undefined {
  if (value?.type !== 'CallExpression' || !isFunction(value.callee)) return undefined;
  const [first] = value.arguments;
  const isFilled = first?.type === 'LogicalExpression' && first.left.type === 'Identifier';
  return isFilled ? (first.left as { name: string }).name : undefined;
}

/** Whether an import is of Node or of an installed package; a package of the same workspace is the app's own. */
function isOfPackage(source: string, file: string): boolean {
  if (/^[./~#]|^@\//.test(source)) return false;
  if (isBuiltin(source) || process.versions.pnp !== undefined) return true;
  const name = source.split('/', source.startsWith('@') ? 2 : 1).join(sep);
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(path)) return realpathSync(path).split(sep).includes('node_modules');
    if (folder === dirname(folder)) return false; // an alias of TypeScript
  }
}
