import holdover from 'holdover/vite';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  appType: 'custom',
  plugins: [holdover(), reloadPages()],
});

/** Pages are made by server code: when that changes, browsers load them again. */
function reloadPages(): Plugin {
  return {
    name: 'reload-pages',
    hotUpdate({ modules, server }) {
      if (this.environment.name !== 'ssr' || modules.length === 0) return;
      server.environments.client.hot.send({ type: 'full-reload' });
    },
  };
}
