/** The page of an edge with several sources: all of them at a glance. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { sourceTexts } from "./browser/texts.js";
import { Cloud, StateBadge } from "./source_page.tsx";
import type { SourceState, UiState } from "./told.ts";

/** The page. */
export function OverviewPage({ state }: { readonly state: UiState }): JSX.Element {
  const { sources, cloud } = state;
  return (
    <div>
      <h1>{sources.length === 0 ? "Nothing is read yet" : "Sources"}</h1>
      <p id="lost" class="banner" role="alert" hidden></p>
      {sources.length === 0 && (
        <p class="quiet">The edge is just beginning. Load this page again.</p>
      )}
      <ul class="cards">
        {sources.map((source) => <SourceCard source={source} />)}
      </ul>
      <div class="narrow">
        <Cloud cloud={cloud} />
      </div>
    </div>
  );
}

function SourceCard({ source }: { readonly source: SourceState }) {
  const { name } = source;
  const texts = sourceTexts(source);
  const field = (which: string) => <span data-field={which}>{texts[which]}</span>;
  return (
    <li class="card source-card" data-source={name}>
      <a href={`/source/${name}`} class="picture" aria-label={`Look at ${name}`}>
        <canvas role="img" aria-label={`The picture of ${name}`} hidden></canvas>
        <noscript>
          <img
            src={`/live/${name}.jpg`}
            alt={`The picture of ${name}, when this page was loaded`}
          />
        </noscript>
      </a>
      <h2>
        <a href={`/source/${name}`}>{name}</a>
      </h2>
      <StateBadge source={source} />
      <p class="quiet">
        {field("fps")}, {field("tracks")} followed, half within {field("p50")}
      </p>
      <svg class="spark" data-spark="frames" aria-hidden="true"></svg>
    </li>
  );
}
