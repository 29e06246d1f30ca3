/** Loaded with `--import`: writes down, when a process ends, how much memory and time of a processor it has taken. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const taken = { bytes: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1000 };
  writeFileSync(process.env.BENCH_PEAK, JSON.stringify(taken));
});
