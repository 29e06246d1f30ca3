import { basename, resolve } from 'node:path';
import type { ViteDevServer } from 'vite';
import { Restarts, toShownPath } from '../asking/restarts.ts';
import { toUrl, type Status } from '../asking/status.ts';

/** The apps of this process by the roots of Vite, whatever number of servers have come and gone. */
const apps = new Map<string, RunningApp>();

/** Vite restarts for a file within this time, in milliseconds. */
const CAUSES_WITHIN = 10_000;

/** A restart that has begun. */
interface Begun {
  at: number;
  /** The file that it is for. */
  file: string | undefined;
}

/** An app that runs inside Vite, as far as it outlives the server. */
export class RunningApp {
  readonly restarts = new Restarts();
  #server: ViteDevServer | undefined;
  #begun: Begun | undefined;
  /** The file that was saved last for which Vite restarts. */
  #changed: Begun | undefined;
  /** The update that was added last. */
  #updated = '';
  /** Where the app listens that has Vite as a middleware. */
  #ownUrl: string | null = null;

  /** A server begins, or the next one after a restart. */
  serve(server: ViteDevServer): void {
    this.#server = server;
    const begun = this.#begun;
    this.#begun = undefined;
    const { restart } = server;
    server.restart = async (...words) => {
      this.#begin();
      return restart.apply(server, words);
    };
    if (!begun) return;
    if (server.httpServer) server.httpServer.once('listening', () => this.#restarted(begun));
    else this.#restarted(begun);
  }

  /** A file was saved. */
  change(file: string): void {
    const config = this.#server?.config;
    if (config && isOfConfiguration(file, config)) this.#changed = { at: Date.now(), file };
  }

  /**
   * Vite has let go of modules of server code, which are evaluated anew when a request needs them.
   *
   * @param at when the file was saved, in milliseconds since the epoch
   */
  update(file: string, at: number): void {
    const update = `${at} ${file}`;
    if (update === this.#updated) return; // in another environment
    this.#updated = update;
    this.#add({ at, file }, 'update', null);
  }

  /** Says where the app listens that has Vite as a middleware. */
  setUrl(url: string): void {
    this.#ownUrl = url;
  }

  get status(): Status {
    const { local = [], network = [] } = this.#server?.resolvedUrls ?? {};
    const httpServer = this.#server?.httpServer;
    const isRunning = httpServer ? httpServer.listening : this.#server !== undefined;
    const url = local[0] ?? network[0] ?? (httpServer && toUrl(httpServer)) ?? this.#ownUrl;
    return { isRunning, url, host: 'vite' };
  }

  #begin(): void {
    const changed = this.#changed;
    this.#changed = undefined;
    const isCause = changed && Date.now() - changed.at < CAUSES_WITHIN;
    this.#begun ??= isCause ? changed : { at: Date.now(), file: undefined };
  }

  #restarted(begun: Begun): void {
    this.#add(begun, 'restart', Date.now() - begun.at);
  }

  #add({ at, file }: Begun, kind: 'restart' | 'update', duration: number | null): void {
    this.restarts.add({
      at,
      paths: file === undefined ? [] : [toShownPath(file)],
      reason: file === undefined ? 'restart of Vite' : null,
      kind,
      phases: [],
      duration,
      requests: 0,
      sessions: null,
      values: 0,
      clients: 0,
    });
  }
}

/** @param root of Vite, absolute */
export function runningApp(root: string): RunningApp {
  const app = apps.get(root) ?? new RunningApp();
  apps.set(root, app);
  return app;
}

/** Whether Vite restarts for a file. */
function isOfConfiguration(file: string, config: ViteDevServer['config']): boolean {
  const { configFile, configFileDependencies } = config;
  const files = [configFile, ...configFileDependencies].flatMap((name) => name ?? []);
  return files.some((name) => resolve(name) === resolve(file)) || basename(file).startsWith('.env');
}
