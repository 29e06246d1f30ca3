/**
 * Has an ES module read, parsed and linked with what it imports, as it will be for the app, and runs
 * nothing of it: the first module of the graph throws, so that none of the others is evaluated. They
 * are when the app imports them, in its order, with its environment.
 *
 * @param url of a module of a package; what cannot be loaded is left to the app
 */
export async function linkModule(url: string): Promise<void> {
  const imports = [THROWS, url].map((name) => `import ${JSON.stringify(name)};`);
  const graph = `data:text/javascript,${encodeURIComponent(imports.join(''))}`;
  await import(graph).catch(() => {});
}

const THROWS = `data:text/javascript,${encodeURIComponent("throw 'linked, not evaluated';")}`;
