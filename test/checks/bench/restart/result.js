import { Counts } from './counts.js';
import { readMemory } from './memory.js';
import { isLoggedIn } from './requests.js';

/** What has been seen of one restarter. */
export class Result {
  /** Milliseconds from a save to the first answer of the new code. */
  times = [];
  /** Saves that were not seen. */
  missed = 0;
  /** How often it had to be started anew, because no save helped any more. */
  stuck = 0;
  logins = 0;
  loginsKept = 0;
  /** What became of the traffic, and of the questions which code answers. */
  traffic = new Counts();
  polls = new Counts();
  /** Where saves come in bursts: the longest time of each burst. */
  worst = [];
  /** Where a page is asked for after a restart: the time of all its requests, and of each. */
  pages = [];
  requests = [];
  /** What it took when it was last looked at. */
  memory = [];

  constructor({ id, name }) {
    this.id = id;
    this.name = name;
  }

  /** What `measureRestart` has given. */
  addRestart(restart) {
    if (restart) {
      this.times.push(restart.time);
      this.missed += restart.missed;
    } else this.stuck++;
  }

  async addLogin(host) {
    this.logins++;
    if (await isLoggedIn(host)) this.loginsKept++;
  }

  /** What is looked at when a turn is over. */
  async addRest(host) {
    await this.addLogin(host);
    this.memory = await readMemory(host);
  }
}

/**
 * Lets each of the hosts take its turn in each round, in an order that rotates.
 *
 * @returns a result for each, in the order of the hosts
 */
export async function inTurns(rounds, hosts, takeTurn) {
  const all = hosts.map((host) => ({ host, result: new Result(host.restarter) }));
  for (let round = 0; round < rounds; round++) {
    const turn = round % all.length;
    for (const { host, result } of [...all.slice(turn), ...all.slice(0, turn)]) {
      await takeTurn(host, result);
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  return all.map(({ result }) => result);
}
