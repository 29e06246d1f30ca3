import { expect, it } from 'vitest';
import { adviseOnDecorators } from '../../src/commands/watch/decorators.ts';
import { createApp } from '../support/app.ts';
import { Rig } from '../support/rig.ts';

const WITH =
  '{\n  // as nest new writes it\n  "compilerOptions": { "emitDecoratorMetadata": true }\n}';

it('says what to do where an app counts on what tsx does not write', async () => {
  const rig = await Rig.start({
    files: {
      'package.json': '{ "name": "nest", "dependencies": { "@nestjs/core": "12" } }',
      'tsconfig.json': '{ "extends": ["./tsconfig.base"] }',
      'tsconfig.base.json': WITH,
      'src/main.ts': "console.log('started' as string);",
    },
    words: ['src/main.ts'],
  });
  await rig.printed(/^started/);
  expect(rig.output).toContain(
    '[holdover] tsconfig.json has emitDecoratorMetadata, which tsx does not write: what is injected by its type is undefined. Where your app needs it, run: nest start --watch --exec "node --import holdover/register", or nest build --watch beside holdover watch dist/main.js\n',
  );
});

it('says nothing where that does not matter', async () => {
  const app = await createApp();
  app.write('package.json', '{ "name": "other" }');
  const say = (tsconfig: string, entry = 'main.ts', flags: string[] = []): string | undefined => {
    app.write('tsconfig.json', tsconfig);
    const before = process.env.TSX_TSCONFIG_PATH;
    process.env.TSX_TSCONFIG_PATH = `${app.folder}/tsconfig.json`;
    try {
      return adviseOnDecorators(entry, flags, app.folder);
    } finally {
      if (before === undefined) delete process.env.TSX_TSCONFIG_PATH;
      else process.env.TSX_TSCONFIG_PATH = before;
    }
  };
  expect(say(WITH)).toMatch(/run: tsc --watch/);
  expect(say(WITH, 'main.js')).toBeUndefined();
  expect(say(WITH, 'main.ts', ['-r', '@swc-node/register'])).toBeUndefined();
  expect(say(WITH.replace('true', 'false'))).toBeUndefined();
  expect(say('{ // "emitDecoratorMetadata": true\n }')).toBeUndefined();
  expect(
    say('{ "files": ["//"], /* "emitDecoratorMetadata": true */ "extends": "./none" }'),
  ).toBeUndefined();
  expect(say('{ "extends": "./tsconfig.json" }')).toBeUndefined(); // tsx refuses that
});
