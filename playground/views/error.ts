import { html } from './html.ts';
import { type Frame, layout } from './layout.ts';

export function errorPage(frame: Frame, status: number, message: string): string {
  const content = html`
    <section class="hero">
      <p class="eyebrow">Error ${status}</p>
      <h1>${status === 404 ? 'Nobody home.' : 'That did not work.'}</h1>
      <p class="lead">${message}</p>
      <p><a href="/">To the parties</a></p>
    </section>
  `;
  return layout(frame, `Error ${status}`, content);
}
