/** The form of a zone or a line that is being drawn: a script shows it. */

import type { JSX } from "hono/jsx/jsx-runtime";

/** The form. */
export function ZoneForm(): JSX.Element {
  return (
    <form id="zone-form" class="change" hidden>
      <p class="quiet" id="zone-hint">
        Click into the picture for each point. A point that has the focus moves with the arrow keys
        (with Shift: further) and goes with Delete.
      </p>
      <div class="tools">
        <button type="button" class="plain" id="add-point">Add a point</button>
        <button type="button" class="plain" id="remove-point">Remove the last point</button>
      </div>
      <div class="fields">
        <div>
          <label for="zone-name">Name</label>
          <input
            id="zone-name"
            required
            maxlength={64}
            pattern="[A-Za-z0-9_\-][A-Za-z0-9._\-]*"
            title="Letters, digits, - _ and ."
            autocomplete="off"
          />
        </div>
        <div>
          <label for="zone-classes">Of what (empty: everything)</label>
          <input id="zone-classes" autocomplete="off" placeholder="person, car" />
        </div>
        <div id="zone-dwell-field">
          <label for="zone-dwell">Loiters after, seconds (0: never)</label>
          <input id="zone-dwell" type="number" min="0" max="86400" step="0.1" value="0" />
        </div>
        <div>
          <label for="zone-anchor">Counts where</label>
          <select id="zone-anchor">
            <option value="bottom">its lower edge is</option>
            <option value="center">its middle is</option>
          </select>
        </div>
      </div>
      <div class="tools">
        <button type="submit">Save</button>
        <button type="button" class="plain" id="zone-cancel">Cancel</button>
      </div>
    </form>
  );
}
