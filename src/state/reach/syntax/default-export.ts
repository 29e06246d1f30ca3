import type { ExportDefaultDeclaration, Expression } from 'acorn';
import type { Syntax } from './parse.ts';
import { isNoState } from './shapes.ts';
import type { Top } from './top.ts';

/** A default export that is an expression is a binding as well: named by a compiler, or now. */
export function nameDefault(top: Top, body: Syntax['body'], text: string): void {
  const local = top.exported.get('default');
  const found = local?.endsWith('_default') ? top.bindings.get(local) : undefined;
  if (found && local !== undefined) {
    top.generated = local;
    top.bindings.delete(local);
    top.bindings.set('default', { ...found, name: 'default', isMutable: false });
  }
  const statement = body.find(({ type }) => type === 'ExportDefaultDeclaration');
  const unnamed = statement && giveName(statement as ExportDefaultDeclaration, text);
  if (!unnamed) return;
  top.unnamed = unnamed;
  const { name } = unnamed;
  top.bindings.set('default', { name: 'default', target: name, isMutable: false, isState: true });
}

/**
 * What makes `const _keep_= new Store()` of `export default new Store()`: as long as before, so that nothing
 * moves. What is exported is said behind the module then.
 */
function giveName({ start, declaration }: ExportDefaultDeclaration, text: string): Top['unnamed'] {
  const isNamed = /^(Identifier|ClassDeclaration|FunctionDeclaration)$/.test(declaration.type);
  if (isNamed || isNoState(declaration as Expression, false, 'default')) return undefined;
  const [head = ''] = /^export(?:\s|\/\*[^]*?\*\/|\/\/.*\n)*default/.exec(text.slice(start)) ?? [];
  if (head === '') return undefined;
  let name = '_keep_';
  for (let i = 0; text.includes(name); i++) name = `_k${String(i).padStart(3, '0')}_`;
  const end = start + head.length;
  return {
    name,
    edits: [
      { at: start, end: start + 'export'.length, text: 'const ' },
      { at: end - 'default'.length, end, text: `${name}=` },
    ],
  };
}
