/** The page on which a password is asked for. It shows nothing of what is behind it. */

import type { JSX } from "hono/jsx/jsx-runtime";

/** What it is made of. */
export interface LoginProps {
  /** Where to go on to. */
  readonly next: string;
  /** What the form has to carry. */
  readonly formToken: string;
  /** What was wrong with the last try. */
  readonly problem?: string | undefined;
}

/** The form. */
export function LoginForm({ next, formToken, problem }: LoginProps): JSX.Element {
  return (
    <section class="login card">
      <h1>Log in</h1>
      <form method="post" action="/login">
        <input type="hidden" name="form_token" value={formToken} />
        <input type="hidden" name="next" value={next} />
        <input type="text" name="username" value="smarteye" autocomplete="username" hidden />
        <label for="password">Password or token</label>
        <input
          type="password"
          id="password"
          name="password"
          required
          autofocus
          autocomplete="current-password"
          aria-describedby={problem === undefined ? undefined : "problem"}
          aria-invalid={problem === undefined ? undefined : "true"}
        />
        {problem !== undefined && <p id="problem" class="problem" role="alert">{problem}</p>}
        <button type="submit">Log in</button>
      </form>
    </section>
  );
}
