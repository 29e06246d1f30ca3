import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDirectoryKey } from '../../src/storage/keys/key.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const SECRET = 'a secret of 32 characters or more';

describe('the key of a session directory', () => {
  let root: string;
  let directory: string;
  let stateDirectory: string;

  beforeEach(() => {
    const folder = createTempFolder();
    root = createProject(join(folder, 'project'));
    directory = createDirectory(join(root, '.holdover', 'sessions'));
    stateDirectory = join(folder, 'state');
  });

  function createProject(path: string): string {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), '{ "name": "project" }');
    return path;
  }

  function createDirectory(path: string): string {
    mkdirSync(path, { recursive: true });
    return path;
  }

  function open(from: string, path: string, sealingSecret?: string): string {
    const options = { root: from, directory: path, stateDirectory, sealingSecret };
    return openDirectoryKey(options).fingerprint;
  }

  it('is the same at the next start, and another one for another project or directory', () => {
    const key = open(root, directory);
    expect(open(root, directory)).toBe(key);
    const other = createProject(join(root, '..', 'other'));
    expect(open(other, directory)).not.toBe(key);
    expect(open(root, createDirectory(join(root, 'sessions')))).not.toBe(key);
    expect(readdirSync(join(stateDirectory, 'keys'))).toHaveLength(3);
  });

  it('is SESSION_KEY for all projects, where that is set', () => {
    const other = createProject(join(root, '..', 'other'));
    expect(open(other, directory, SECRET)).toBe(open(root, directory, SECRET));
  });

  it('is not that of a project below, nor of a directory behind a link', () => {
    const below = createProject(join(root, 'packages', 'bank'));
    const belowDirectory = createDirectory(join(below, '.holdover', 'sessions'));
    const key = open(below, belowDirectory);
    expect(open(root, belowDirectory)).not.toBe(key);
    expect(open(below, belowDirectory)).toBe(key);
    const stranger = createProject(join(root, '..', 'stranger'));
    symlinkSync(join(root, '.holdover'), join(stranger, '.holdover'), 'junction');
    const own = open(root, directory);
    expect(open(stranger, join(stranger, '.holdover', 'sessions'))).not.toBe(own);
    expect(open(root, directory)).toBe(own);
  });
});
