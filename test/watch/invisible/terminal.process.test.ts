import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { childrenOf } from '../../support/children.ts';
import { poll } from '../../support/poll.ts';
import { standbyOf } from '../../support/rig.ts';
import { hasTerminals, startInTerminal } from '../../support/terminal.ts';
import { CLI } from '../../support/tools.ts';
import { Project } from './project.ts';
import { terminal } from './rows/starts.ts';
import { toldBy } from './runs.ts';

describe.runIf(hasTerminals)('the size of the terminal', () => {
  it('is the one of this run, also when it has changed while the standby waited', async () => {
    const project = await Project.create('CommonJS', terminal);
    const running = startInTerminal([CLI, 'watch', '--verbose', project.entry], {
      cwd: project.app.folder,
    });
    const supervisor = await poll(() => childrenOf(running.pid)[0]);
    let said = await toldBy(running, 0);
    expect(said.facts).toEqual({ columns: [100, 100, 40, true] });
    for (const columns of [77, 132]) {
      await standbyOf(running, said.pid);
      const device = readlinkSync(`/proc/${supervisor}/fd/1`);
      execFileSync('stty', ['-F', device, 'cols', String(columns)]);
      project.save(columns);
      said = await toldBy(running, columns);
      expect(said.facts).toEqual({ columns: [columns, columns, 40, true] });
    }
  });
});
