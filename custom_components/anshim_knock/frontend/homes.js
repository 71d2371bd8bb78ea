// Follows the homes for a panel or a card, and shows one of them, a choice, or why there is none.

import { made } from "./elements.js";
import { lineOf } from "./line.js";
import { textsFor } from "./wording.js";

export class HomesElement extends HTMLElement {
  #hass = null;
  #unwatch = null;
  #shown = null;

  set hass(hass) {
    const first = !this.#hass;
    this.#hass = hass;
    if (first && this.isConnected) this.#watch();
    this.draw();
  }

  get hass() {
    return this.#hass;
  }

  connectedCallback() {
    if (this.#hass && !this.#unwatch) this.#watch();
    this.draw();
  }

  disconnectedCallback() {
    this.#unwatch?.();
    this.#unwatch = null;
  }

  #watch() {
    this.#unwatch = lineOf(this.#hass.connection).watch(() => this.draw());
  }

  get homes() {
    return lineOf(this.#hass.connection).homes;
  }

  get texts() {
    return textsFor(this.#hass.language);
  }

  /** The home with this id; without one the only home there is. */
  one(id) {
    return id ? this.homes?.find((home) => home.id === id) : this.homes?.length === 1 && this.homes[0];
  }

  /** Shows a home in `place`, and keeps its element as long as it is the same home. */
  showHome(place, home, level) {
    if (this.#shown?.id !== home.id || this.#shown.element.parentNode !== place) {
      const element = made("anshim-knock-home");
      place.replaceChildren(element);
      this.#shown = { id: home.id, element };
    }
    this.#shown.element.show(this.#hass, home, level);
  }

  /** Why there is no home to show. */
  reason(id) {
    if (this.homes === null) return this.texts.loading;
    return id || this.homes.length === 0 ? this.texts.no_home : this.texts.choose;
  }
}
