/**
 * Has modules read, parsed and linked with what they import, as they will be for the app, and runs
 * nothing of them: the first module of the graph throws, so that none of the others is evaluated. They
 * are when the app imports them, in its order, with its environment.
 *
 * @param urls of ES modules of packages; what cannot be loaded is left to the app
 */
export async function linkModules(urls: string[]): Promise<void> {
  if (urls.length === 0) return;
  const imports = [THROWS, ...urls].map((url) => `import ${JSON.stringify(url)};`);
  const graph = `data:text/javascript,${encodeURIComponent(imports.join(''))}`;
  await import(graph).catch(() => {});
}

const THROWS = `data:text/javascript,${encodeURIComponent("throw 'linked, not evaluated';")}`;
