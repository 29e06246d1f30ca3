import { createApp, writeOver, type App } from '../../support/app.ts';
import { linkPackage } from '../../support/packages.ts';

/** An MCP server on stdin and stdout, in a folder of its own. */
export async function createServer(): Promise<App> {
  const app = await createApp('mcp-stdio');
  for (const name of ['@modelcontextprotocol', 'zod']) linkPackage(app, name);
  return app;
}

/** Saves another version, with one more tool, which has its name: `added-2`. */
export function save(
  app: App,
  version: string,
  path = 'change.ts',
  text = toText(version, path),
): void {
  writeOver(app, path, text);
}

function toText(version: string, path: string): string {
  const how = path.endsWith('.cjs') ? 'exports.' : 'export const ';
  return `${how}version = '${version}';\n${how}added = ['added-${version}'];\n`;
}
