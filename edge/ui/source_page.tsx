/** The page of one source: its picture, how it is, and what can be changed. All of it reads without a script, too. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { cloudText, frameCells, linkText, sourceTexts, zoneText } from "./browser/texts.js";
import { ChangeForms, type ChangeProps } from "./change_forms.tsx";
import type { CloudState, SourceState } from "./told.ts";
import { ZoneForm } from "./zone_form.tsx";

/** What it is made of. */
export interface SourcePageProps extends ChangeProps {
  /** What the last form came to. */
  readonly told?: { readonly text: string; readonly isProblem: boolean } | undefined;
}

/** The page. */
export function SourcePage(props: SourcePageProps): JSX.Element {
  const { source, state, told } = props;
  return (
    <div class="source" data-source={source.name}>
      <header class="heading">
        <h1>{source.name}</h1>
        <StateBadge source={source} />
        <p class="quiet input">{source.input}</p>
      </header>
      {told && <p class={told.isProblem ? "told problem" : "told"} role="status">{told.text}</p>}
      <p id="lost" class="banner" role="alert" hidden></p>
      <div class="columns">
        <div class="main">
          <Stage source={source} />
          <section class="card" aria-labelledby="frames-title">
            <h2 id="frames-title">Where the last frames went, and why</h2>
            <RecentTable source={source} />
          </section>
        </div>
        <div class="side">
          <Numbers source={source} />
          <Cloud cloud={state.cloud} />
          <ChangeForms {...props} />
          <ZoneList source={source} />
        </div>
      </div>
    </div>
  );
}

/** What a source is doing, with a mark that can be told apart without its colour. */
export function StateBadge({ source }: { readonly source: SourceState }): JSX.Element {
  return (
    <p class="badge" data-state={source.doing.state} role="status" aria-live="polite">
      <span data-field="doing">{sourceTexts(source).doing}</span>
    </p>
  );
}

function Stage({ source: { name } }: { readonly source: SourceState }) {
  return (
    <section class="card stage" aria-label="Picture">
      <div class="picture" id="picture">
        <canvas
          id="canvas"
          role="img"
          aria-label={`The picture of ${name}`}
          aria-describedby="seen-title seen"
          hidden
        >
        </canvas>
        <p class="empty" id="no-picture" data-script hidden>Waiting for a picture…</p>
        <noscript>
          <img src={`/live/${name}.mjpeg`} alt={`The picture of ${name}, as it comes`} />
        </noscript>
      </div>
      <p class="caption" id="decision">&nbsp;</p>
      <div class="tools" data-script hidden>
        <button type="button" class="plain" id="pause" aria-pressed="false">Pause</button>
        <label class="check">
          <input type="checkbox" id="show-boxes" checked /> Boxes
        </label>
        <label class="check">
          <input type="checkbox" id="show-trails" checked /> Trails
        </label>
        <label class="check">
          <input type="checkbox" id="show-zones" checked /> Zones
        </label>
        <span class="apart">
          <button type="button" class="plain" id="draw-area">Draw an area</button>
          <button type="button" class="plain" id="draw-line">Draw a line</button>
        </span>
      </div>
      <ZoneForm />
      <p id="zone-told" role="status" aria-live="polite"></p>
      <div id="zone-text" hidden>
        <p class="quiet">Put this into a config file to keep it:</p>
        <pre tabindex={0}></pre>
      </div>
      <h2 id="seen-title">Seen now</h2>
      <ul id="seen" class="seen">
        <li class="quiet">Nothing yet.</li>
      </ul>
    </section>
  );
}

function RecentTable({ source }: { readonly source: SourceState }) {
  return (
    <div class="wide scroll" tabindex={0} role="region" aria-labelledby="frames-title">
      <table class="frames">
        <thead>
          <tr>
            <th scope="col">Frame</th>
            <th scope="col">Where</th>
            <th scope="col">Model</th>
            <th scope="col" class="number">Took</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody id="recent">
          {source.recent.length === 0 && (
            <tr>
              <td colspan={5} class="quiet">No frame has ended yet.</td>
            </tr>
          )}
          {source.recent.slice(0, 20).map((one) => {
            const [frame, where, model, took, why] = frameCells(one);
            return (
              <tr data-outcome={one.outcome}>
                <td>{frame}</td>
                <td>{where}</td>
                <td>{model}</td>
                <td class="number">{took}</td>
                <td>{why}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const OUTCOMES = [
  ["local", "here"],
  ["cloud", "in the cloud"],
  ["filtered", "kept back"],
  ["dropped", "dropped"],
  ["failed", "failed"],
] as const;

function Numbers({ source }: { readonly source: SourceState }) {
  const texts = sourceTexts(source);
  const field = (name: string) => <span data-field={name}>{texts[name]}</span>;
  return (
    <section class="card" aria-labelledby="numbers-title">
      <h2 id="numbers-title">How it goes</h2>
      <div class="tiles">
        <div class="tile">
          <p class="big">{field("fps")}</p>
          <svg class="spark" data-spark="frames" aria-hidden="true"></svg>
        </div>
        <div class="tile">
          <p>↑ {field("up")}</p>
          <p>↓ {field("down")}</p>
          <svg class="spark" data-spark="bytes" aria-hidden="true"></svg>
        </div>
      </div>
      <dl class="pairs">
        <dt>Latency</dt>
        <dd>half within {field("p50")}, 95 % within {field("p95")}</dd>
        <dt>Frames</dt>
        <dd>
          {field("captured")}
          <ul class="outcomes">
            {OUTCOMES.map(([name, label]) => <li data-outcome={name}>{field(name)} {label}</li>)}
          </ul>
        </dd>
        <dt>Waiting</dt>
        <dd>{field("waiting")}</dd>
        <dt>Things</dt>
        <dd>
          {field("tracks")} followed now,{" "}
          <a href={`/seen?source=${source.name}`}>{field("events")} seen</a>
        </dd>
        <dt>Watching</dt>
        <dd>{field("viewers")}</dd>
      </dl>
    </section>
  );
}

/** How the way to the cloud is. */
export function Cloud({ cloud }: { readonly cloud: CloudState | null }): JSX.Element {
  return (
    <section class="card" aria-labelledby="cloud-title">
      <h2 id="cloud-title">Cloud</h2>
      <dl class="pairs">
        <dt>Forwarder</dt>
        <dd id="cloud-text" aria-live="polite">{cloudText(cloud)}</dd>
        <dt>Link</dt>
        <dd id="link-text">{linkText(cloud)}</dd>
        <dt>At</dt>
        <dd class="quiet">{cloud?.url ?? "–"}</dd>
      </dl>
    </section>
  );
}

function ZoneList({ source }: { readonly source: SourceState }) {
  return (
    <section class="card" aria-labelledby="zones-title">
      <h2 id="zones-title">Zones and lines</h2>
      <ul id="zones" class="zones">
        {source.zones.length === 0 && <li class="quiet">None yet.</li>}
        {source.zones.map((zone) => (
          <li>
            <span>
              <b>{zone.name}</b> <span class="quiet">{zoneText(zone)}</span>
            </span>
          </li>
        ))}
      </ul>
      <p class="quiet">
        <noscript>Zones are drawn with a script, which is off here.</noscript>
      </p>
    </section>
  );
}
