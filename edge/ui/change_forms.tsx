/** What is changed of a source while it runs: forms that work without a script, too. */

import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { SourceState, UiState } from "./told.ts";

/** What they are made of. */
export interface ChangeProps {
  /** The source. */
  readonly source: SourceState;
  /** All of the edge. */
  readonly state: UiState;
  /** Policies that may be named. */
  readonly policies: readonly string[];
  /** Whether a learned filter is set. */
  readonly hasLearned: boolean;
  /** What forms carry. */
  readonly formToken: string;
}

/** The forms. */
export function ChangeForms(props: ChangeProps): JSX.Element {
  return (
    <section class="card" aria-labelledby="change-title">
      <h2 id="change-title">Change while it runs</h2>
      <PolicyForm {...props} />
      <ModelForm {...props} />
      <FilterForm {...props} />
      <p id="change-told" role="status" aria-live="polite"></p>
    </section>
  );
}

function ChangeForm(
  { source: { name }, formToken, what, children }: Pick<ChangeProps, "source" | "formToken"> & {
    readonly what: string;
    readonly children?: Child;
  },
) {
  return (
    <form method="post" action={`/source/${name}/change`} class="change">
      <input type="hidden" name="form_token" value={formToken} />
      <input type="hidden" name="what" value={what} />
      {children}
    </form>
  );
}

function PolicyForm(props: ChangeProps) {
  const { source: { policy }, policies } = props;
  const all = policies.includes(policy) ? policies : [policy, ...policies];
  return (
    <ChangeForm {...props} what="policy">
      <label for="policy">Policy</label>
      <div class="row">
        <input
          id="policy"
          name="policy"
          list="policies"
          value={policy}
          required
          autocomplete="off"
          spellcheck={false}
          aria-describedby="policy-hint"
        />
        <button type="submit">Apply</button>
      </div>
      <datalist id="policies">
        {all.map((one) => <option value={one}></option>)}
      </datalist>
      <p class="quiet" id="policy-hint">
        A name, or policies combined: <code>fallback(A, B)</code>, <code>budgeted(A, 50k)</code>.
      </p>
    </ChangeForm>
  );
}

function ModelForm(props: ChangeProps) {
  const { source: { model }, state: { models: { local, cloud } } } = props;
  const placesOf = (name: string) =>
    [...local.includes(name) ? ["here"] : [], ...cloud.includes(name) ? ["cloud"] : []].join(", ");
  return (
    <ChangeForm {...props} what="model">
      <label for="model">Model</label>
      <div class="row">
        <select id="model" name="model">
          <option value="" selected={model === null}>The policy's choice</option>
          {[...new Set([...local, ...cloud])].map((one) => (
            <option value={one} selected={one === model}>{`${one} (${placesOf(one)})`}</option>
          ))}
        </select>
        <button type="submit">Apply</button>
      </div>
    </ChangeForm>
  );
}

function FilterForm(props: ChangeProps) {
  const { source: { filter }, hasLearned } = props;
  const option = (use: typeof filter.use, label: string) => (
    <option value={use} selected={filter.use === use}>{label}</option>
  );
  return (
    <ChangeForm {...props} what="filter">
      <div class="pair">
        <div>
          <label for="filter">Filter</label>
          <select id="filter" name="filter">
            {option("none", "None")}
            {option("motion", "Only what moves")}
            {hasLearned && option("learned", "As it was learned")}
          </select>
        </div>
        <div>
          <label for="sensitivity">Sensitivity</label>
          <input
            id="sensitivity"
            name="sensitivity"
            type="number"
            min="0.1"
            max="10"
            step="0.1"
            value={String(filter.sensitivity)}
          />
        </div>
        <button type="submit">Apply</button>
      </div>
    </ChangeForm>
  );
}
