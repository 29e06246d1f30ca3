import { describe, expect, it } from 'vitest';
import { EDITORS, type ToEditorUrl } from '../../../src/watch/crash/editors.ts';
import { toHtml } from '../../../src/watch/crash/render-html.ts';
import { negotiate, toJson, toText } from '../../../src/watch/crash/render.ts';
import { createCrash, run } from './crashing.ts';

const editor = EDITORS.get('vscode') as ToEditorUrl;
const BAD = `</pre></title><script>alert("1")</script><img src=x onerror='alert(2)'>&`;

describe('the page of a crash', () => {
  it('escapes everything that comes from the app', () => {
    const frame = { file: `/app/${BAD}.js`, path: BAD, line: 1, column: 1 };
    const bad = { ...frame, function: BAD, isOfNode: false, isOfPackage: false };
    const error = { name: BAD, message: `${BAD}\n${BAD}`, code: BAD, frames: [bad] };
    const foreign = { ...error, frames: [{ ...bad, isOfPackage: true }] };
    const html = toHtml({
      crash: createCrash({
        title: BAD,
        error,
        causes: [foreign],
        excerpt: { ...frame, lines: [{ number: 1, text: BAD, isMarked: true }] },
        changed: [BAD],
      }),
      id: BAD,
      method: BAD,
      editor,
    });
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<img');
    expect(html.match(/<\/(?:title|pre)>/g)).toHaveLength(2);
    expect(html.match(/&lt;img src=x onerror=&#39;/g)?.length).toBeGreaterThan(9);
    expect(
      toHtml({
        crash: createCrash({ error: undefined, hint: BAD }),
        id: '',
        method: 'GET',
        editor,
      }),
    ).not.toContain('<img');
  });

  it('escapes what a running app has thrown', async () => {
    const ended = await run({ '<b>.js': `throw new Error('<script>alert(1)</script>'); // <i>` });
    const html = toHtml({ crash: await ended.describe(), id: 'a-1', method: 'GET', editor });
    expect(html).toContain('Error: &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('// &lt;i&gt;');
    expect(html).toContain('%3Cb%3E.js:1:7">');
    expect(html).not.toMatch(/<script>alert|<i>|<b>/);
  });

  it('links positions of the app to the editor, and no others', () => {
    const crash = createCrash();
    const other = { path: 'node:http', isOfNode: true, isOfPackage: false };
    crash.error?.frames.push(other, {
      ...other,
      path: '/p/node_modules/a.js',
      file: '/p/node_modules/a.js',
      line: 1,
      isOfNode: false,
      isOfPackage: true,
    });
    const html = toHtml({ crash, id: 'a-1', method: 'GET', editor });
    expect(html.match(/href="[^"]*"/g)).toHaveLength(2);
    expect(html).toMatch(/href="vscode:\/\/file\/[^"]*crashing\.ts:2:7">src\/server\.ts:2:7</);
    expect(html.match(/is-foreign">/g)).toHaveLength(2);
  });

  it('has the same facts as text and as JSON', () => {
    const crash = createCrash({
      causes: [{ name: 'Error', message: 'why', code: 'E_WHY', frames: [] }],
    });
    expect(toText(crash)).toBe(`The app exited with code 1

TypeError: a mistake

src/server.ts:2
  1 | const secretOfTheSource = 1;
> 2 | throw new TypeError("a mistake");
    |       ^

    at boom src/server.ts:2:7

Cause: Error [E_WHY]: why

Changed: src/server.ts

Sessions are safe; waiting for a change, or Enter in the terminal.
`);
    expect(toJson(crash)).toMatchObject({
      message: crash.title,
      error: crash.error,
      excerpt: crash.excerpt,
      sessions: 'safe',
    });
    expect(
      toText(
        createCrash({ error: undefined, excerpt: undefined, changed: [], title: 'T', hint: 'H.' }),
      ),
    ).toBe('T. H.\n\nSessions are safe; waiting for a change, or Enter in the terminal.\n');
  });
});

describe('the form of an answer', () => {
  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['application/json, text/plain, */*', 'json'],
    ['application/vnd.api+json', 'json'],
    ['text/html;q=0.5, application/json', 'json'],
    ['application/json;q=0, text/html;q=0', 'text'],
    ['*/*', 'text'],
    ['', 'text'],
    [undefined, 'text'],
    [`${','.repeat(100_000)}text/html`, 'text'],
  ])('for %j is %s', (accept, form) => {
    expect(negotiate(accept)).toBe(form);
  });
});

describe('the address in an editor', () => {
  it.each([
    ['vscode', 'vscode://file/a%20b/c%23.ts:3:7'],
    ['zed', 'zed://file/a%20b/c%23.ts:3:7'],
    ['webstorm', 'webstorm://open?file=%2Fa%20b%2Fc%23.ts&line=3&column=7'],
  ])('of %s is %s', (name, url) => {
    expect(EDITORS.get(name)?.({ file: '/a b/c#.ts', line: 3, column: 7 })).toBe(url);
  });
});
