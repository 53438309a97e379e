/** Sends messages one after the other: what is given again goes on where it broke off. */

import { isSmarteyeError, type SmarteyeError } from "../../../core/errors.ts";

/** Sends the messages of a batch of items, each once as far as is known. */
export class Sending<Message> {
  #items: readonly (readonly Message[])[] | undefined;
  #sent = 0;

  /**
   * Sends all that is not sent yet, in order. What is refused for good is passed over: the others are
   * sent all the same.
   *
   * @param items the same list as before, where that broke off.
   * @throws what `send` throws; `invalid_argument` when all the others are sent.
   */
  async all(
    items: readonly (readonly Message[])[],
    send: (message: Message) => Promise<void>,
  ): Promise<void> {
    if (items !== this.#items) [this.#items, this.#sent] = [items, 0];
    let refused: SmarteyeError | undefined;
    for (const message of items.flat().slice(this.#sent)) {
      try {
        await send(message);
      } catch (error) {
        if (!isSmarteyeError(error, "invalid_argument")) throw error;
        refused ??= error;
      }
      this.#sent++;
    }
    if (refused) throw refused;
  }
}
