/** How the page of OpenAPI looks: in the reader's own font, light or dark as the reader likes it. */

/** The whole of it. What is not wide is stacked. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1b1f24; --soft: #57606a; --page: #fff; --card: #f6f8fa; --line: #d5dae0;
  --link: #0b5cad; --get: #0a6b45; --post: #1f4fb0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ed; --soft: #9aa4af; --page: #101317; --card: #171b21; --line: #2b323b;
    --link: #7cb4ff; --get: #4cc38a; --post: #86b1ff;
  }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h1 small { font-size: 1rem; font-weight: 400; color: var(--soft); }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0; }
h3 { font-size: .9rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0 .75rem; }
.soft { color: var(--soft); }
a { color: var(--link); }
code { font: .875em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; background: var(--card); }
p code { white-space: nowrap; }
summary { cursor: pointer; position: relative; padding: .6rem 2.2rem .6rem .9rem; display: flex; flex-wrap: wrap;
  gap: .1rem .75rem; align-items: baseline; border-radius: .5rem; }
summary:hover { color: var(--link); }
summary:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
summary::-webkit-details-marker { display: none; }
summary::after { content: "+"; color: var(--soft); position: absolute; right: .9rem; top: .6rem; }
details[open] > summary::after { content: "\\2212"; }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: .5rem .5rem 0 0; }
summary code { font-weight: 600; }
details > div { padding: .75rem .9rem; background: var(--page); border-radius: 0 0 .5rem .5rem; }
details > div > :first-child { margin-top: 0; }
.verb { font: 700 .75rem/1 ui-monospace, "DejaVu Sans Mono", monospace; width: 2.75rem; }
.get { color: var(--get); }
.post { color: var(--post); }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 .75rem; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
tr:first-child > * { border-top: 0; }
th { font-weight: 600; width: 30%; }
td:nth-child(2) { width: 30%; }
.answers th { width: 4rem; }
.answers td:nth-child(2) { width: auto; }
.answers td:last-child { width: 30%; }
tr > th:first-child:empty { display: none; }
@media (max-width: 40rem) {
  tr { display: block; border-top: 1px solid var(--line); padding: .4rem 0; }
  tr:first-child { border-top: 0; }
  th, td, td:nth-child(2) { display: block; width: auto; border: 0; padding: 0; }
  td:empty { display: none; }
  .answers td:last-child { width: auto; }
  summary > .soft { flex-basis: 100%; }
}
`;
