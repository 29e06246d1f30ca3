import { create, createButton } from './element.ts';

interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  action: string;
  isDangerous?: boolean;
}

/** Asks the person before something is done. Escape is a no. */
export function confirm({ title, text, action, isDangerous }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const close = (answer: string) => (): void => dialog.close(answer);
    const dialog = create(
      'dialog',
      { 'aria-labelledby': 'question', 'aria-describedby': 'question-text' },
      create('h2', { id: 'question' }, title),
      create('p', { id: 'question-text' }, text),
      create(
        'div',
        { class: 'buttons' },
        createButton('Cancel', close(''), { autofocus: true }),
        createButton(action, close('yes'), { class: isDangerous ? 'is-danger' : 'is-main' }),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal(); // gives the focus back to what had it when it closes
  });
}
