import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp, type App } from './app.ts';
import { bePatientWithRedis } from './patient-redis.ts';
import { openRedisDatabase, type RedisDatabase } from './redis-database.ts';
import { runScript } from './script.ts';
import { createTempFolder } from './temp-folder.ts';
import { CLI } from './tools.ts';

/** What a command has printed, and how it has ended. */
export interface Ended {
  stdout: string;
  stderr: string;
  code: number;
}

/** The environment of a process that runs this first. */
export function toPreload(code: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** A project whose sessions are looked after, in a directory or in Redis. */
export class CareProject {
  readonly app: App;
  readonly env: NodeJS.ProcessEnv;
  readonly redis: RedisDatabase | undefined;

  /**
   * Makes a project. In Redis it has a database of its own and is patient; on a Redis that is given, its calls
   * have the deadline of the product.
   */
  static async begin(type: 'filesystem' | 'redis', given?: RedisDatabase): Promise<CareProject> {
    const app = await createApp();
    app.write('package.json', '{ "name": "project", "type": "module" }');
    app.write(
      'run.js',
      `import { createSessionStore } from 'holdover';
       const store = createSessionStore({ namespace: process.argv[2], redis: { timeout: 10_000 } });
       await eval('(async () => {' + process.argv[3] + '})()');`,
    );
    const redis = type === 'redis' ? (given ?? openRedisDatabase()) : undefined;
    if (redis && !given) bePatientWithRedis(app);
    return new CareProject(app, type, redis);
  }

  /** As `begin`, for what is not about the deadlines of calls to Redis. */
  static async beginPatiently(type: 'filesystem' | 'redis', given?: RedisDatabase) {
    const project = await CareProject.begin(type, given);
    bePatientWithRedis(project.app);
    return project;
  }

  private constructor(app: App, type: string, redis: RedisDatabase | undefined) {
    this.app = app;
    this.redis = redis;
    this.env = {
      XDG_STATE_HOME: join(createTempFolder(), 'state'),
      SESSION_TYPE: type,
      ...(redis && { REDIS_URL: redis.url }),
    };
  }

  /** How often the cookie of a framework was noted, of which a process may be killed before it is. */
  countNoted(framework: string): number {
    const folder = join(String(this.env.XDG_STATE_HOME), 'holdover', 'history');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const cookies = names.find((name) => name.endsWith('.cookies'));
    return cookies ? readFileSync(join(folder, cookies), 'utf8').split(framework).length - 1 : 0;
  }

  /** Runs statements on the store of a namespace. */
  async on(statements: string, namespace = 'default'): Promise<void> {
    await runScript(this.app, ['run.js', namespace, statements], this.env);
  }

  /** Runs a command of holdover in the project, without a terminal. */
  run(words: string[], env: NodeJS.ProcessEnv = {}, cli = CLI): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [cli, ...words],
        {
          cwd: this.app.folder,
          env: { ...process.env, ...this.env, NO_COLOR: '1', ...env },
          maxBuffer: 1 << 26,
        },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
          resolve({ stdout, stderr, code });
        },
      );
    });
  }
}
