/** The style sheet of a report: light or dark as the reader has it, wide or narrow, and on paper. */

import { colourDeclarations } from "./palette.ts";

const LIGHT = `${colourDeclarations("light")};--paper:#fff;--ink:#1d2126;--quiet:#5a626c;` +
  "--line:#d5dae0;--soft:#f5f6f8;--heat:0 114 178;--here:#9aa3b0;--cloud:#56b4e9;" +
  "--filtered:#ddd6ac;--missed:#c0392b";

const DARK = `${colourDeclarations("dark")};--paper:#14171c;--ink:#e4e7eb;--quiet:#9ea7b2;` +
  "--line:#363c45;--soft:#1c2027;--heat:59 159 220;--here:#6c7684;--cloud:#4ba3d6;" +
  "--filtered:#a39c6e;--missed:#e06a5c";

/** CSS. */
export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:78rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.3rem;margin:2.5rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.6rem 0 .4rem}
p{margin:.4rem 0 .8rem;max-width:48rem}
a{color:inherit}
.quiet,figcaption{color:var(--quiet);font-size:.88rem}
.note{border-left:3px solid var(--colour-1);padding:.3rem .8rem;background:var(--soft);max-width:48rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:.8rem 0}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.7rem .9rem;
font:.82rem/1.45 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;font-size:.82rem;font-variant-numeric:tabular-nums}
th,td{padding:.28rem .38rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
thead th{font-weight:600;vertical-align:bottom;white-space:normal;border-bottom:2px solid var(--line)}
thead th.name{text-align:left}
tbody th{text-align:left;font-weight:500}
td.heat{background:rgb(var(--heat)/calc(var(--v)*.5))}
td .quiet{font-size:.92em}
td.heat .quiet{color:inherit}
td.best{font-weight:700}
.detail{display:block;color:var(--quiet);font-size:.92em;font-weight:400}
tr.bound{font-style:italic}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));
gap:1rem 1.6rem;margin:1rem 0}
.plots.two{grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}
figure{margin:0;min-width:0}
figure svg{display:block;width:100%;height:auto;max-width:40rem;overflow:visible}
figcaption{margin-bottom:.2rem}
figcaption b{color:var(--ink)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.3rem;margin:.6rem 0;padding:0;
font-size:.88rem}
.legend svg{display:inline;width:34px;height:14px;vertical-align:-2px;margin-right:.4rem}
.legend i{display:inline-block;width:14px;height:14px;border-radius:2px;vertical-align:-2px;
margin-right:.4rem}
details>summary{cursor:pointer;font-size:1.15rem;font-weight:600;padding:.5rem 0;
border-top:1px solid var(--line);overflow-wrap:anywhere}
.heat,.legend i,pre,.note{print-color-adjust:exact;-webkit-print-color-adjust:exact}
@media (max-width:40rem){body{padding:1rem .7rem 3rem}dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.4rem}.plots{margin-inline:-.2rem}}
@media print{@page{size:A4;margin:14mm 12mm}:root{color-scheme:light;${LIGHT}}
html{font-size:8.5pt}body{font-size:1rem;padding:0;max-width:none}p,.note{max-width:none}
.plots.two svg{width:auto;height:46mm}table{font-size:6.2pt}th,td{padding:.1rem .2rem}
.wide{overflow:visible}
.plots{grid-template-columns:repeat(3,1fr);gap:.5rem .8rem}.plots.two{grid-template-columns:repeat(2,1fr)}figure,tr,.legend{break-inside:avoid}
h2,h3,.caption,summary{break-after:avoid}#overview,section.cell,h2.cells{break-before:page}h2.cells+section{break-before:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}}
`;
