import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/** The text of a tsconfig without its comments, which are allowed there; empty when there is none. */
export function readTsconfig(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    return text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1');
  } catch {
    return '';
  }
}

/** The configurations that one extends, however deep: what comes first counts for more. */
export function toExtended(path: string): string[] {
  const found = new Set<string>();
  const follow = (config: string): void => {
    for (const name of readExtends(config).toReversed()) {
      const base = toConfigPath(name, config);
      if (base === undefined || found.has(base)) continue;
      found.add(base);
      follow(base);
    }
  };
  follow(path);
  return [...found];
}

function readExtends(config: string): string[] {
  const [, value = ''] = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(readTsconfig(config)) ?? [];
  return [...value.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
}

function toConfigPath(name: string, from: string): string | undefined {
  const names = name.endsWith('.json') ? [name] : [`${name}.json`, `${name}/tsconfig.json`, name];
  if (/^\.{0,2}\//.test(name)) return resolve(dirname(from), names[0] as string);
  const require = createRequire(from);
  for (const candidate of names) {
    try {
      return require.resolve(candidate);
    } catch {
      // not under this name
    }
  }
  return undefined;
}
