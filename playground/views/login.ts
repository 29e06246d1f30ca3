import { csrfField, inputField } from './fields.ts';
import { html } from './html.ts';
import { type Frame, layout } from './layout.ts';

interface LoginForm {
  name: string;
  error?: string;
}

export function loginPage(frame: Frame & { csrfToken: string }, form: LoginForm): string {
  return layout(
    frame,
    'Log in',
    html`
      <form class="card form narrow" method="post" action="/organizer/login">
        <h1>Organizer login</h1>
        <p class="hint">
          This is a demonstration. Log in as <code>ada</code> with the password
          <code>lovelace</code>.
        </p>
        ${form.error && html`<p class="alert" role="alert">${form.error}</p>`}
        ${csrfField(frame.csrfToken)}
        ${inputField({
          name: 'name',
          label: 'Name',
          value: form.name,
          autocomplete: 'username',
          required: true,
        })}
        ${inputField({
          name: 'password',
          label: 'Password',
          value: '',
          type: 'password',
          autocomplete: 'current-password',
          required: true,
        })}
        <button class="button">Log in</button>
      </form>
    `,
  );
}
