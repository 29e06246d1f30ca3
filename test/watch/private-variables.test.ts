import { describe, expect, it } from 'vitest';
import { createApp } from '../support/app.ts';
import { start } from '../support/running.ts';
import { CLI } from '../support/tools.ts';

describe('processes that an app starts under holdover watch', () => {
  it('send it no messages but their own, and have nothing of holdover in their environment', async () => {
    const app = await createApp();
    app.write('package.json', '{ "name": "cluster", "type": "module" }');
    app.write(
      'app.js',
      `import { fork, execFileSync } from 'node:child_process';
       import cluster from 'node:cluster';
       import './other.js';

       const names = () => Object.keys(process.env).filter((name) => /HOLDOVER|WATCH_REPORT/.test(name));
       if (cluster.isWorker || process.argv[2] === 'forked') {
         await import('./other.js');
         process.send({ mine: names() }, () => process.disconnect());
       } else {
         const messages = [];
         const children = [cluster.fork(), fork('app.js', ['forked'])];
         for (const child of children) child.on('message', (message) => messages.push(message));
         await Promise.all(children.map((child) => new Promise((done) => child.once('exit', done))));
         console.log('messages ' + JSON.stringify(messages));
       }`,
    );
    app.write('other.js', '');
    const running = start(process.execPath, [CLI, 'watch', 'app.js'], { cwd: app.folder });
    await running.printed('The app has ended');
    expect(running.output).toContain('messages [{"mine":[]},{"mine":[]}]');
  });
});
