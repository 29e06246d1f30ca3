import handlebars from 'handlebars';
import { type Page, toPageLinks } from '../../shared/paging.ts';
import { count } from '../../shared/text.ts';
import type { SupplierLine } from './format.ts';

const list = handlebars.compile(`<!doctype html>
<html lang="en">
  <head><title>{{title}}</title></head>
  <body>
    <h1>{{title}}</h1>
    <table>
      {{#each lines}}
        <tr class="{{state}}{{#if isStale}} stale{{/if}}">
          <td><a href="/back-office/suppliers/{{id}}">{{name}}</a></td>
          <td>{{budget}}</td>
          <td>{{notes}}</td>
          <td title="{{created}}">{{changed}}</td>
        </tr>
      {{else}}
        <tr><td>Nothing was found.</td></tr>
      {{/each}}
    </table>
    <nav>{{#each links}}<a href="?number={{this}}">{{this}}</a> {{/each}}</nav>
  </body>
</html>
`);

export function renderSupplierList(page: Page<SupplierLine>): string {
  const title = count(page.total, 'supplier');
  return list({ title, lines: page.items, links: toPageLinks(page) });
}
