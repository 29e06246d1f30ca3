import { start, type Running } from './running.ts';
import type { CareProject } from './care-project.ts';
import { Browser } from './browser.ts';

/** An Express app of which parts can be said: the options of its session, and more code. */
export function toExpressApp(options = '', more = '', imports = ''): string {
  return `
    import express from 'express';
    import session from 'express-session';
    ${imports}
    const app = express();
    app.use(session({ secret: 'a secret of thirty-two characters', resave: false, saveUninitialized: false, ${options} }));
    app.post('/login', (req, res) => { req.session.user = 'ada'; res.json({ id: req.sessionID }); });
    app.post('/organizer/logout', (req, res, next) => {
      req.session.destroy((error) => (error ? next(error) : res.json({})));
    });
    app.get('/me', (req, res) => res.json({ user: req.session.user }));
    ${more}
    app.listen(process.env.PORT, (error) => {
      if (error) throw error; // Express calls this then, too
      console.log('listening');
    });`;
}

/** An app of a project, run under `holdover/register` until the test is over. */
export class CareApp {
  readonly running: Running;
  readonly browser: Browser;

  static async start(
    project: CareProject,
    code: string,
    env: NodeJS.ProcessEnv = {},
    words = ['--import', 'holdover/register', 'app.js'],
  ): Promise<CareApp> {
    project.app.write('app.js', code);
    const running = start(process.execPath, words, {
      cwd: project.app.folder,
      env: { ...project.env, PORT: String(project.app.port), ...env },
    });
    await running.printed('listening');
    return new CareApp(running, new Browser(project.app.url));
  }

  private constructor(running: Running, browser: Browser) {
    this.running = running;
    this.browser = browser;
  }

  /** As a crash would. */
  async kill(): Promise<void> {
    this.running.kill('SIGKILL');
    await this.running.exited;
  }
}
