/** What the page of a run has beside the style of reports. */

/** CSS. */
export const RUN_STYLE = `
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.7rem;margin:1rem 0}
.tiles div{background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:.6rem .7rem;
display:flex;flex-direction:column-reverse}
.tiles dt{font-size:.82rem;line-height:1.3}
.tiles dd{font-size:1.25rem;line-height:1.3;white-space:nowrap;letter-spacing:-.01em;font-weight:600;font-variant-numeric:tabular-nums;margin:0}
.outcomes{display:flex;gap:2px;height:1.8rem;border-radius:5px;overflow:hidden;margin:1.2rem 0 .6rem}
.outcomes span{flex:0 1 0;min-width:3px}
.outcomes span,.tiles div{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.note.bad{border-left-color:var(--missed)}
h4{font-size:.95rem;margin:1.3rem 0 .3rem}
.text{white-space:normal;overflow-wrap:anywhere;display:inline-block;max-width:34rem;min-width:8rem}
td.text{display:table-cell;text-align:left;min-width:7rem;max-width:24rem}
tbody th{vertical-align:top;max-width:34rem}
td{vertical-align:top}
.events thead th,.events td{text-align:left}
.events tbody th{white-space:normal;min-width:6rem;max-width:12rem}
td.snapshot{text-align:left;padding-block:.4rem;color:var(--quiet)}
td.snapshot img{display:block;width:10rem;height:auto;border-radius:4px;background:var(--soft)}
.tables{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:.2rem 2rem}
.tables>div{min-width:0}
.latency .caption{margin-top:0}
.plots .legend{margin:.1rem 0 0;font-size:.82rem}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr));
gap:1rem;margin:.6rem 0 1.4rem}
.pictures figure{display:flex;flex-direction:column}
.pictures img,.pictures .none{display:block;width:100%;height:auto;border-radius:4px;background:var(--soft)}
.pictures .none{aspect-ratio:16/9;display:grid;place-items:center;color:var(--quiet);font-size:.82rem}
.pictures figcaption{margin:.3rem 0 0;line-height:1.4;overflow-wrap:anywhere}
.source{border-top:3px solid var(--line);margin-top:3rem}
.source>h2{border-top:0;margin-top:.6rem}
h1,h2{overflow-wrap:anywhere}
.pages{font-size:.88rem}
@media (max-width:40rem){.tiles{grid-template-columns:repeat(2,1fr)}td.snapshot img{width:7rem}.events tbody th{min-width:4rem}
.pictures{grid-template-columns:repeat(2,1fr);gap:.8rem .6rem}
.pictures figcaption{font-size:.78rem}}
@media print{.pictures{grid-template-columns:repeat(4,1fr)}.tiles{grid-template-columns:repeat(7,1fr)}}
`;
