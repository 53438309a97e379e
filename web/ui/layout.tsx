/** What all pages have: a head, the way to the other pages, a place for what they show. */

import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";

/** A page that others lead to. */
export interface PageLink {
  /** Where it is, as `/events`. */
  readonly path: string;
  /** What it is called. */
  readonly label: string;
}

/** What a page is made of. */
export interface LayoutProps {
  /** Of the whole: stands on every page. */
  readonly name: string;
  /** Of this page. */
  readonly title: string;
  /** Where this page is, to mark the way to it. */
  readonly path: string;
  /** The pages that there are. */
  readonly pages: readonly PageLink[];
  /** Paths of styles and of scripts, which are modules. */
  readonly styles: readonly string[];
  /** As the styles. */
  readonly scripts: readonly string[];
  /** What the button needs that ends the session; without, there is none to end. */
  readonly formToken?: string | undefined;
  /** What it shows. */
  readonly children?: Child;
}

/** A whole page. */
export function Layout(props: LayoutProps): JSX.Element {
  const { name, title, path, pages, styles, scripts, formToken, children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${name}`}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        {styles.map((href) => <link rel="stylesheet" href={href} />)}
        {scripts.map((src) => <script type="module" src={src}></script>)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to what this page shows</a>
        <header class="top">
          <p class="brand">{name}</p>
          {pages.length > 0 && (
            <nav aria-label="Pages">
              <ul>
                {pages.map((one) => (
                  <li>
                    <a href={one.path} aria-current={one.path === path ? "page" : undefined}>
                      {one.label}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          {formToken !== undefined && (
            <form method="post" action="/logout" class="logout">
              <input type="hidden" name="form_token" value={formToken} />
              <button type="submit" class="plain">Log out</button>
            </form>
          )}
        </header>
        <main id="main" tabindex={-1}>{children}</main>
      </body>
    </html>
  );
}
