import { dirname, resolve } from 'node:path';

const SHIM =
  /^\s*import (\w+) from (['"])(\.{1,2}\/[^'"\n]+\.c?js)\2;\s*export default \1;\s*export \{ \1 as (['"])module\.exports\4 \};\s*$/;

/**
 * The CommonJS file for which an ES module stands, when that is all that it does:
 * `import x from './index.js'; export default x; export { x as 'module.exports' };`. Packages have such
 * a file so that `import` and `require` share one copy; `require` gives what the CommonJS file exports.
 *
 * An ES module cannot be taken out of Node's cache again. So a standby loads the CommonJS file in place
 * of a shim, and the shim itself is loaded when it is handed out.
 */
export function targetOfShim(file: string, text: string): string | undefined {
  const target = SHIM.exec(text)?.[3];
  return target && resolve(dirname(file), target);
}
