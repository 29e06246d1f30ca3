import type { Visitor } from '../real-app.ts';
import type { Recipe } from '../recipe.ts';

const VERSION = `
import { version } from '$lib/server/version';

export const GET = () => new Response(version);
`;

/** Its dev server evaluates the code of the server. */
export const svelteKit: Recipe = {
  name: 'the recipe for SvelteKit',
  title: 'SvelteKit',
  files: {
    'package.json': '{ "name": "sveltekit-recipe", "type": "module" }',
    'src/app.html': '<!doctype html>%sveltekit.head%<body>%sveltekit.body%</body>\n',
    'src/routes/version/+server.ts': VERSION,
  },
  saved: 'src/lib/server/version.ts',
  words: (port) => ['node_modules/vite/bin/vite.js', 'dev', '--port', port],
  logIn: (browser, url) => submit(browser, url, '/?/login', { user: 'ada' }),
  logOut: (browser, url) => submit(browser, url, '/?/logout', {}),
};

/** SvelteKit takes a form from its own pages only. */
function submit(
  browser: Visitor,
  url: string,
  path: string,
  fields: Record<string, string>,
): Promise<Response> {
  const body = new URLSearchParams(fields);
  return browser.request(path, { method: 'POST', body, headers: { origin: url } });
}
