// The resident's page in Home Assistant: a panel of its own, and a card for dashboards.
//
// Plain modules, no build: what stands here is what runs. Home Assistant loads this file on every
// page, and whatever a cached older one has defined stays.

import { made, drawn } from "./elements.js";
import { AnshimKnockHome } from "./home.js";
import { HomesElement } from "./homes.js";
import { panelStyle } from "./style.js";
import { languageOf, textsFor } from "./wording.js";

const MENU = "M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z";

/** The whole screen for one home. With several homes each has an address of its own. */
class AnshimKnockPanel extends HomesElement {
  #route = null;
  #parts = null;

  set route(route) {
    this.#route = route;
    this.draw();
  }

  set narrow(narrow) {
    this.toggleAttribute("narrow", narrow);
  }

  draw() {
    if (!this.hass || !this.isConnected) return;
    this.#parts ??= this.#build();
    const { page, place, menu, back } = this.#parts;
    const id = this.#route?.path?.split("/")[1];
    const home = this.homes && this.one(id);
    page.lang = languageOf(this.texts);
    page.dataset.dark = Boolean(this.hass.themes?.darkMode);
    menu.setAttribute("aria-label", this.texts.menu);
    back.hidden = !id || (this.homes?.length ?? 0) < 2;
    back.textContent = this.texts.back;
    if (home) this.showHome(place, home, 1);
    else place.replaceChildren(made("h1", {}, this.reason(id)), ...this.#choice(id));
  }

  #build() {
    const menu = made("button", { type: "button", class: "menu" }, drawn(MENU));
    menu.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
    });
    const back = made("button", { type: "button", class: "back" });
    back.addEventListener("click", () => this.#go(""));
    const place = made("main");
    const page = made("div", { class: "panel" }, made("header", {}, menu, back), place);
    this.attachShadow({ mode: "open" }).append(made("style", {}, panelStyle), page);
    return { page, place, menu, back };
  }

  #choice(id) {
    if (id || !this.homes) return [];
    return this.homes.map((home) => {
      const choose = made("button", { type: "button", class: "choose" }, home.name);
      choose.addEventListener("click", () => this.#go(`/${home.id}`));
      return choose;
    });
  }

  #go(path) {
    history.pushState(null, "", `${this.#route.prefix}${path}`);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }
}

/** The same home on a dashboard. */
class AnshimKnockCard extends HomesElement {
  #config = {};
  #place = null;

  static getConfigForm() {
    const { card } = textsFor(document.documentElement.lang);
    return {
      schema: [{ name: "household", selector: { config_entry: { integration: "anshim_knock" } } }],
      computeLabel: () => card.home,
    };
  }

  static getStubConfig() {
    return {};
  }

  setConfig(config) {
    this.#config = config;
    this.draw();
  }

  getCardSize() {
    return 8;
  }

  getGridOptions() {
    return { columns: "full", rows: "auto", min_columns: 6 };
  }

  draw() {
    if (!this.hass || !this.isConnected) return;
    if (!this.#place) {
      this.#place = made("ha-card");
      this.attachShadow({ mode: "open" }).append(this.#place);
    }
    const id = this.#config.household;
    const home = this.homes && this.one(id);
    if (home) this.showHome(this.#place, home, 2);
    else this.#place.replaceChildren(made("p", { style: "padding: 16px" }, this.reason(id)));
  }
}

function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

define("anshim-knock-home", AnshimKnockHome);
define("anshim-knock-panel", AnshimKnockPanel);
define("anshim-knock-card", AnshimKnockCard);

const { card } = textsFor(document.documentElement.lang || navigator.language);
window.customCards ??= [];
if (!window.customCards.some(({ type }) => type === "anshim-knock-card")) {
  window.customCards.push({ type: "anshim-knock-card", name: card.name, description: card.description });
}
