import type {
  ExportDefaultDeclaration,
  ModuleDeclaration,
  Statement,
  VariableDeclaration,
} from 'acorn';
import { takeExpression } from './commonjs-exports.ts';
import { nameDefault } from './default-export.ts';
import { namesIn, type Syntax } from './parse.ts';
import { isGenerated, isNoState, nameOfEnum, nameOfExport, peel } from './shapes.ts';
import type { Top } from './top.ts';

/** Finds what is at the top of a module. */
export function findTop({ body }: Syntax, text: string): Top {
  const top: Top = {
    bindings: new Map(),
    classes: [],
    functions: new Set(),
    exported: new Map(),
    generated: undefined,
    unnamed: undefined,
  };
  for (const statement of body) takeStatement(top, statement);
  for (const statement of body) hide(top, nameOfEnum(statement));
  nameDefault(top, body, text);
  return top;
}

function takeStatement(top: Top, statement: Statement | ModuleDeclaration): void {
  switch (statement.type) {
    case 'VariableDeclaration':
      return takeVariables(top, statement);
    case 'ClassDeclaration':
      return void top.classes.push(statement.id.name);
    case 'FunctionDeclaration':
      return void top.functions.add(statement.id.name);
    case 'ExportNamedDeclaration':
      if (statement.declaration) takeStatement(top, statement.declaration);
      else if (!statement.source)
        for (const { exported, local } of statement.specifiers)
          if (local.type === 'Identifier') top.exported.set(nameOfExport(exported), local.name);
      return undefined;
    case 'ExportDefaultDeclaration':
      return takeDefault(top, statement);
    case 'ExpressionStatement':
      return takeExpression(top, statement.expression);
    default:
      return undefined;
  }
}

function takeVariables(top: Top, { kind, declarations }: VariableDeclaration): void {
  if (kind.endsWith('using')) return; // disposed of when the module has been evaluated
  for (const { id, init } of declarations) {
    const value = init ? peel(init) : undefined;
    for (const name of namesIn(id)) {
      const isClass = id.type === 'Identifier' && value?.type === 'ClassExpression';
      if (isClass) top.classes.push(name);
      const isMutable = kind === 'let' || kind === 'var';
      const isState = !isGenerated(name) && !(value && isNoState(value, isMutable, name));
      top.bindings.set(name, { name, target: name, isMutable, isState });
    }
  }
}

function takeDefault(top: Top, statement: ExportDefaultDeclaration): void {
  const { declaration } = statement;
  if (declaration.type === 'Identifier') return void top.exported.set('default', declaration.name);
  if (declaration.type === 'ClassDeclaration') {
    if (declaration.id) top.classes.push(declaration.id.name);
  } else if (declaration.type === 'FunctionDeclaration') {
    if (declaration.id) top.functions.add(declaration.id.name);
  }
}

/** An enum is code, and is found by what fills it; by its name it can be kept all the same. */
function hide(top: Top, name: string | undefined): void {
  const found = name === undefined ? undefined : top.bindings.get(name);
  if (found) found.isState = false;
}
