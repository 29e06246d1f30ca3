import { existsSync } from 'node:fs';
import type { SessionStorage } from '../../session/storage.ts';
import { openDirectory } from '../directory/open.ts';
import { openStorage } from '../open.ts';
import type { StorageOptions } from '../options.ts';
import { surveyNamespaces } from '../survey/survey.ts';
import type { Place } from './place.ts';

/** The session directory of the project, or its Redis. */
export class OwnPlace implements Place {
  readonly display: string;
  readonly #options: StorageOptions;

  constructor(options: StorageOptions, display: string) {
    this.#options = options;
    this.display = display;
  }

  async namespaces(): Promise<string[]> {
    const { type, directory } = this.#options;
    if (type === 'filesystem' && !existsSync(directory)) {
      throw new Error(`There is no session directory ${this.display}. Nothing was copied.`);
    }
    return surveyNamespaces(this.#options);
  }

  open(namespace: string): SessionStorage {
    return openStorage({ ...this.#options, namespace });
  }

  async save(): Promise<void> {
    const { type, directory } = this.#options;
    const isThere = type === 'filesystem' && existsSync(directory);
    if (isThere) await openDirectory(this.#options).files.settled();
  }
}
