import cluster from 'node:cluster';

const workers = Number(process.env.WORKERS ?? 4);

if (cluster.isPrimary) {
  let isEnding = false;
  for (let count = 0; count < workers; count++) cluster.fork();
  cluster.on('exit', () => {
    if (!isEnding) cluster.fork();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isEnding = true;
      for (const worker of Object.values(cluster.workers ?? {})) {
        worker?.process.kill('SIGTERM');
        worker?.disconnect(); // its channel to this process would keep it alive
      }
    });
  }
} else {
  await import('./server.ts');
}
