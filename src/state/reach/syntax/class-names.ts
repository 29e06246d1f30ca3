/** Where a text may define a class: a statement, or what a variable is set to. */
const STATEMENT =
  /(?:^|[;{}()])[ \t]*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+([\w$]+)\s*(?:extends\b|implements\b|[{<])/gm;
const VARIABLE = /(?<![\w$.#])(?:const|let|var)\s+([\w$]+)\s*=\s*class\b/g;

/** The names of the classes that a text may define at its top; what they name may as well be elsewhere. */
export function findClassNames(text: string): string[] {
  if (!text.includes('class')) return [];
  const found = [...text.matchAll(STATEMENT), ...text.matchAll(VARIABLE)];
  const names = new Set(found.map(([, name = '']) => name));
  return [...names].filter((name) => name !== 'extends' && name !== 'implements');
}
