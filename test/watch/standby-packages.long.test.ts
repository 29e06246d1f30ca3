import { describe, expect, it } from 'vitest';
import { Rig } from '../support/rig.ts';

/**
 * Saves the app until it has run so often, from the second time on in a process that has waited.
 *
 * @param visit what is done in each run
 */
async function runOften(
  rig: Rig,
  { entry, runs }: { entry: string; runs: number },
  visit: () => Promise<void>,
): Promise<string[]> {
  const text = rig.app.read(entry);
  for (let run = 1; ; run++) {
    await rig.printed(/^said /, run);
    await visit();
    if (run === runs) break;
    await rig.standsBy(rig.last<number>('pid'));
    rig.save(entry, `${text}// ${run}\n`);
  }
  return [...rig.running.output.matchAll(/^said (.*)$/gm)].map(([, said = '']) => said);
}

const COUNTS = `
  const app = express();
  app.use(session({ secret: 'secret', resave: false, saveUninitialized: true }));
  app.get('/', (request, response) => {
    request.session.count = (request.session.count ?? 0) + 1;
    response.json(request.session.count);
  });
  app.listen(process.env.PORT, () => console.log('pid ' + process.pid + '\\nsaid ' + known));
`;

// The packages that such an app may load in a standby are in `invisible/rows`.
describe('express-session in a standby that has read it', () => {
  it.each([
    ['an ES module', 'module', 'server.js', 3],
    ['CommonJS, with a module in the cache that it has made up', 'commonjs', 'server.js', 3],
    ['TypeScript', 'module', 'server.ts', 2],
    ['TypeScript as CommonJS', 'commonjs', 'server.ts', 2],
  ])('keeps the sessions of an app that is %s', async (_, type, entry, runs) => {
    const isRequired = type === 'commonjs' && entry.endsWith('.js');
    const imports = ['express', 'express-session'].map((name) => {
      const id = name.replace('express-', '');
      return isRequired ? `const ${id} = require('${name}');` : `import ${id} from '${name}';`;
    });
    if (isRequired) {
      imports.unshift(`require.cache['made up'] = { exports: 'made up', loaded: true };`);
    }
    imports.push(`const known = ${isRequired ? 'Object.keys(require.cache).length' : 0};`);
    const rig = await Rig.start({
      needsPort: true,
      hasStandby: true,
      files: { 'package.json': JSON.stringify({ type }), [entry]: imports.join('\n') + COUNTS },
      words: [entry],
    });
    const counts: unknown[] = [];
    const known = await runOften(rig, { entry, runs }, async () => {
      counts.push(await (await rig.browser.request('/')).json());
    });
    expect(counts).toEqual([1, 2, 3].slice(0, runs));
    expect(new Set(known).size).toBe(1);
    expect(rig.running.output).not.toMatch(/TypeError|exited/);
  });
});
