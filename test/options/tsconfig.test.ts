import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTsconfig } from '../../src/options/tsconfig.ts';
import { createApp } from '../support/app.ts';

it('reads a tsconfig with comments and all that it extends, and names these files', async () => {
  const app = await createApp();
  const inPackage = 'node_modules/@tsconfig/nest/tsconfig.json';
  app.write('node_modules/@tsconfig/nest/package.json', '{ "name": "@tsconfig/nest" }');
  app.write(inPackage, '{ "compilerOptions": { "emitDecoratorMetadata": true } }');
  app.write('base/strict.json', '{ "extends": "./paths.json", }');
  app.write('base/paths.json', '{ "compilerOptions": { "paths": { "#db": ["./db.ts"] } } }');
  app.write(
    'tsconfig.json',
    '{ "extends": ["@tsconfig/nest/tsconfig.json", "./base/strict"] /* two */, // both\n }',
  );
  const { compilerOptions, files } = readTsconfig(join(app.folder, 'tsconfig.json'));
  expect(compilerOptions).toMatchObject({ emitDecoratorMetadata: true });
  expect(compilerOptions.paths).toHaveProperty('#db');
  expect(files.toSorted()).toEqual(
    ['tsconfig.json', inPackage, 'base/strict.json', 'base/paths.json']
      .map((name) => join(app.folder, name))
      .toSorted(),
  );
});

it('has no options where a tsconfig is missing, broken, or extends what is not there', async () => {
  const app = await createApp();
  const path = join(app.folder, 'tsconfig.json');
  for (const text of [undefined, '{ "compilerOptions": {', '{ "extends": "not-installed" }']) {
    if (text !== undefined) app.write('tsconfig.json', text);
    expect(readTsconfig(path)).toEqual({ compilerOptions: {}, files: [path] });
  }
});
