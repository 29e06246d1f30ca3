import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { takePicture } from '../support/chromium.ts';

const SIZES = [
  ['1280', { width: 1280, height: 800 }],
  ['360', { width: 360, height: 740 }],
] as const;

/** A person who goes through the page of the inspector, and looks closely at what they see. */
export class Tour {
  readonly page: Page;
  readonly #where: string;
  /** What the browser has complained of. */
  readonly complaints: string[] = [];

  /** @param where names the screenshots */
  constructor(page: Page, where: string) {
    this.page = page;
    this.#where = where;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      const isBad = message.type() === 'error' || message.type() === 'warning';
      if (isBad) this.complaints.push(message.text());
    });
  }

  /** Goes to a panel as people do. */
  async go(panel: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: panel }).click();
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  /** Opens a session from the list. */
  async open(who: string): Promise<void> {
    await this.go('Sessions');
    await this.page.getByRole('link', { name: who }).click();
    await this.page.getByRole('heading', { level: 2, name: who }).waitFor();
    await this.member('user').waitFor();
  }

  /** The line of a member of the data. */
  member(name: string) {
    return this.page
      .locator('.member', { has: this.page.locator(`.key:text-is("${name}")`) })
      .first();
  }

  /** Gives a member of the session that is open another text. */
  async change(name: string, text: string): Promise<void> {
    await this.member(name).hover();
    await this.page.getByRole('button', { name: `Edit ${name}`, exact: true }).click();
    await this.page.getByRole('textbox', { name: `Value of ${name}` }).fill(text);
    await this.page.keyboard.press('Enter');
    await this.member(name).getByText(JSON.stringify(text)).waitFor();
  }

  /** Presses a button, and says yes to what it asks. */
  async confirm(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button }).click();
    await this.page
      .getByRole('dialog')
      .getByRole('button', { name: button.replace('…', '') })
      .click();
  }

  /** Looks at what is shown by day and by night, on a wide window and a narrow one. */
  async look(name: string): Promise<void> {
    for (const [size, viewport] of SIZES) {
      await this.page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await takePicture(this.page, `inspector-${this.#where}-${name}-${size}-${colorScheme}`);
        if (size === '1280')
          expect(await this.#findBarriers(), `${name}, ${colorScheme}`).toEqual([]);
      }
      expect(await this.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(
        true,
      );
    }
    await this.page.setViewportSize(SIZES[0][1]);
  }

  /** What keeps people out who see, hear or move otherwise. */
  async #findBarriers(): Promise<string[]> {
    if (await this.page.evaluate('typeof axe === "undefined"'))
      await this.page.evaluate(axe.source);
    const found = await this.page.evaluate<axe.AxeResults>(
      "axe.run(document, { resultTypes: ['violations'] })",
    );
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }
}
