import { basename } from 'node:path';
import { diagnose } from '../../care/doctor.ts';
import { listMisses } from '../../care/why.ts';
import type { CareOptions } from '../../care/project.ts';
import type { SessionRows } from '../../care/session-rows.ts';
import type { ResolvedOptions } from '../../options.ts';
import { readPackage } from '../../options/project.ts';
import { checkKept } from '../../state/check-kept.ts';
import { readKept, toEntries } from '../../state/read-kept.ts';
import type { AppFacts, Checks, KeptState, Misses, Overview } from '../answers.ts';
import type { Apps, AskedApp } from '../apps.ts';

/** The part of the API that tells of the project as a whole. */
export class Project {
  readonly #options: CareOptions;
  readonly #resolved: ResolvedOptions;
  readonly #place: string;
  readonly #index: SessionRows;
  readonly #apps: Apps;

  /** @param place where its sessions lie, for people */
  constructor(
    options: CareOptions,
    resolved: ResolvedOptions,
    { place, index, apps }: { place: string; index: SessionRows; apps: Apps },
  ) {
    this.#options = options;
    this.#resolved = resolved;
    this.#place = place;
    this.#index = index;
    this.#apps = apps;
  }

  async overview(): Promise<Overview> {
    const { root } = this.#resolved;
    const { name } = readPackage(root) as { name?: unknown };
    const apps = await this.#apps.list();
    const { total, clients } = await this.#count();
    return {
      project: typeof name === 'string' ? name : basename(root),
      place: this.#place,
      apps: apps.map(toAppFacts),
      host: apps[0]?.status?.host ?? null,
      sessions: total - clients,
      clients,
      canOpen: apps.some(({ status }) => status?.isRunning && status.url !== null),
    };
  }

  async misses(): Promise<Misses> {
    return { misses: await listMisses(this.#options) };
  }

  state(): KeptState {
    const { values, faults } = readKept(this.#resolved);
    return {
      values: values.map(({ key, app, type, value, size, at }) => {
        return { key, app, type, holds: toEntries(value), size, at };
      }),
      faults,
    };
  }

  async doctor(): Promise<Checks> {
    const checks: Checks['checks'] = [];
    for await (const check of diagnose(this.#options)) checks.push(check);
    return { checks: [...checks, ...checkKept(this.#options)] };
  }

  /** None where they cannot be read: the list of them says why. */
  async #count(): Promise<{ total: number; clients: number }> {
    try {
      return await this.#index.rows({ count: 0 });
    } catch {
      return { total: 0, clients: 0 };
    }
  }
}

function toAppFacts({ app: { pid, name }, status }: AskedApp): AppFacts {
  return { pid, name, isRunning: status?.isRunning === true, url: status?.url ?? null };
}
