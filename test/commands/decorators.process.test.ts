import { expect, it } from 'vitest';
import { Rig } from '../support/rig.ts';

const WITH =
  '{\n  // as nest new writes it\n  "compilerOptions": { "emitDecoratorMetadata": true }\n}';

/** Starts an app, and returns what was printed until it has started. */
async function start(files: Record<string, string>, ...words: string[]): Promise<string> {
  const all = { 'package.json': '{ "name": "other" }', ...files };
  const rig = await Rig.start({ files: all, words: ['--no-standby', ...words] });
  await rig.printed(/^started/);
  return rig.output;
}

const MAIN = { 'src/main.ts': "console.log('started' as string);" };

it('says what to do where an app counts on what tsx does not write', async () => {
  const output = await start(
    {
      ...MAIN,
      'package.json': '{ "name": "nest", "dependencies": { "@nestjs/core": "12" } }',
      'tsconfig.json': '{ "extends": ["./tsconfig.base"] }',
      'tsconfig.base.json': WITH,
    },
    'src/main.ts',
  );
  expect(output).toContain(
    '[holdover] tsconfig.json has emitDecoratorMetadata, which tsx does not write: what is injected by its type is undefined. Where your app needs it, run: nest start --watch --exec "node --import holdover/register", or nest build --watch beside holdover watch dist/main.js\n',
  );
});

it.each([
  ['JavaScript', { 'src/main.js': "console.log('started');", 'tsconfig.json': WITH }],
  ['a comment', { ...MAIN, 'tsconfig.json': '{ // "emitDecoratorMetadata": true\n }' }],
  [
    'a tsconfig that turns it off',
    {
      ...MAIN,
      'tsconfig.base.json': WITH,
      'tsconfig.json':
        '{ "extends": "./tsconfig.base", "compilerOptions": { "emitDecoratorMetadata": false } }',
    },
  ],
])('says nothing of it for %s', async (_, files: Record<string, string>) => {
  const entry = Object.keys(files).find((path) => path.startsWith('src/')) ?? '';
  expect(await start(files, entry)).not.toContain('emitDecoratorMetadata');
});
