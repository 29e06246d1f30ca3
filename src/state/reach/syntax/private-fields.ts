import type { Class, Node } from 'acorn';
import { childrenOf, type Syntax } from './parse.ts';

/** A class with private fields of its instances, and where in it something may be added. */
export interface PrivateClass {
  /** As a person would name it. */
  name: string;
  /** With their `#`. */
  fields: string[];
  /** Between its members, the best place last. */
  places: number[];
}

/** The classes with private fields that are made when a module is evaluated: none that a function makes. */
export function findPrivateClasses({ body }: Syntax): PrivateClass[] {
  const found: PrivateClass[] = [];
  const visit = (node: Node): void => {
    if (/Function/.test(node.type)) return;
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      const fields = fieldsOf(node as Class);
      if (fields.length > 0) found.push(toPrivateClass(node as Class, fields));
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of body) visit(statement);
  return found;
}

function fieldsOf({ body }: Class): string[] {
  return body.body.flatMap((member) =>
    member.type === 'PropertyDefinition' &&
    member.key.type === 'PrivateIdentifier' &&
    !member.static
      ? [`#${member.key.name}`]
      : [],
  );
}

function toPrivateClass({ id, body }: Class, fields: string[]): PrivateClass {
  const places = [body.start + 1, ...body.body.map(({ end }) => end)];
  return { name: id?.name ?? 'a class', fields, places };
}
