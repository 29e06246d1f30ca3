import type { AnyNode } from 'acorn';
import { gettersOf, namesOf, toName, toRequired } from './syntax.ts';

/** What stands behind a name that is exported: a name in the file, or in another one. */
export interface Exported {
  name: string;
  from?: string;
}

/** What a node declares, imports or exports. */
export interface Declared {
  names?: string[];
  /** The name here; `*` is all of the other file. */
  imports?: [local: string, { from: string; name: string }][];
  exports?: [name: string, Exported][];
  /** A file of which all is exported. */
  reexported?: string;
}

/** @param text of the node */
export function readDeclaration(node: AnyNode, text: string): Declared {
  switch (node.type) {
    case 'VariableDeclarator': {
      const names = namesOf(node.id);
      const from = node.id.type === 'Identifier' ? toRequired(text) : undefined;
      const [name = ''] = names;
      return from === undefined ? { names } : { names, imports: [[name, { from, name: '*' }]] };
    }
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return { names: node.id ? [node.id.name] : [] };
    case 'CallExpression': {
      const isOfEsbuild = node.callee.type === 'Identifier' && node.callee.name === '__export';
      const getters = isOfEsbuild ? gettersOf(text) : [];
      return { exports: getters.map(([exported, name]) => [exported, { name }]) };
    }
    case 'ImportDeclaration': {
      const imports = node.specifiers.map((one): [string, { from: string; name: string }] => {
        const imported = one.type === 'ImportSpecifier' ? toName(one.imported) : 'default';
        const name = one.type === 'ImportNamespaceSpecifier' ? '*' : imported;
        return [one.local.name, { from: String(node.source.value), name }];
      });
      return { names: imports.map(([local]) => local), imports };
    }
    case 'ExportNamedDeclaration': {
      const from = node.source ? { from: String(node.source.value) } : {};
      const { declaration: of } = node;
      const declared = of?.type === 'VariableDeclaration' ? of.declarations : [];
      const own = declared.flatMap(({ id }) => namesOf(id));
      const given = node.specifiers.map(({ exported, local }): [string, Exported] => [
        toName(exported),
        { name: toName(local), ...from },
      ]);
      return { exports: [...given, ...own.map((name): [string, Exported] => [name, { name }])] };
    }
    case 'ExportDefaultDeclaration': {
      const { declaration: of } = node;
      const name = of.type === 'Identifier' ? of.name : 'default';
      return { exports: [['default', { name }]] };
    }
    case 'ExportAllDeclaration':
      return node.exported ? {} : { reexported: String(node.source.value) };
    default:
      return {};
  }
}
