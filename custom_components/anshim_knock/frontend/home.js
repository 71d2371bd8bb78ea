// One home: how things stand, two buttons the size of a hand, whom it told and who answered.

import { deskOf } from "./desk.js";
import { drawn, made, write } from "./elements.js";
import { lineOf } from "./line.js";
import { homeStyle } from "./style.js";
import { languageOf, textsFor, wordsOf } from "./wording.js";

// "Today" becomes "yesterday" by itself.
const LOOK_AGAIN_MS = 60_000;
const TICK = "M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z";
// As long as the home takes it back; a device's own clock may say anything.
const TAKE_BACK_MS = 20_000;
const CALL = "M11 3h2v12h-2zM11 18h2v3h-2z";

export class AnshimKnockHome extends HTMLElement {
  #hass = null;
  #home = null;
  #parts = null;
  #stops = [];
  #called = null;

  /** Which home to show: one of the line's homes. `level`: 1 where the page is all about it. */
  show(hass, home, level) {
    this.#hass = hass;
    this.#home = home;
    this.#parts ??= this.#build(level);
    this.#follow();
    this.#draw();
  }

  #follow() {
    if (!this.isConnected || !this.#hass || this.#stops.length > 0) return;
    const desk = deskOf(this.#hass.connection);
    const draw = () => this.#draw();
    const again = setInterval(draw, LOOK_AGAIN_MS);
    desk.addEventListener("change", draw);
    desk.resume(this.#home.id, this.#texts);
    this.#stops = [() => clearInterval(again), () => desk.removeEventListener("change", draw)];
  }

  connectedCallback() {
    this.#follow();
    this.#draw();
  }

  disconnectedCallback() {
    this.#stops.forEach((stop) => stop());
    this.#stops = [];
  }

  get #texts() {
    return textsFor(this.#hass.language);
  }

  #build(level) {
    const parts = {
      lost: made("p", { class: "lost" }),
      belief: made(`h${level}`, { class: "belief" }),
      advice: made("p", { class: "advice" }),
      ok: this.#button("ok", TICK),
      help: this.#button("help", CALL),
      undo: this.#button("take_back", null),
      notice: made("p", { class: "notice" }),
      call: made("a", { class: "call", href: "tel:119" }),
      lines: made("ul", { class: "lines" }),
    };
    const buttons = made("div", { class: "buttons" }, parts.ok, parts.help);
    // A live region must be there before what it announces.
    const live = (...children) => made("div", { role: "status" }, ...children);
    const page = made("div", { class: "home" });
    page.append(live(parts.lost), live(parts.belief, parts.advice), buttons, parts.undo);
    page.append(live(parts.notice), parts.call, parts.lines);
    this.attachShadow({ mode: "open" }).append(made("style", {}, homeStyle), page);
    return { ...parts, page, buttons };
  }

  #button(says, picture) {
    const button = made("button", { type: "button", class: says }, made("span"));
    if (picture) button.prepend(drawn(picture));
    button.addEventListener("click", () => {
      deskOf(this.#hass.connection).press(this.#home.id, says, this.#texts);
    });
    return button;
  }

  #draw() {
    if (!this.#parts || !this.isConnected) return;
    const { page, lost, belief, advice, ok, help, undo, notice, call, buttons } = this.#parts;
    const [hass, home, texts] = [this.#hass, this.#home, this.#texts];
    const words = wordsOf(home, texts, { locale: hass.locale, zone: zoneOf(hass) });
    const news = deskOf(hass.connection).news(home.id, texts);
    page.lang = languageOf(texts);
    page.dataset.dark = Boolean(hass.themes?.darkMode);
    page.dataset.stage = home.stage ?? home.service;
    write(lost, lineOf(hass.connection).up ? null : texts.lost_line);
    write(belief, words.belief);
    write(advice, words.advice);
    write(ok.lastChild, texts.ok);
    write(help.lastChild, texts.help);
    write(undo.lastChild, texts.take_back);
    undo.hidden = !this.#mayTakeBack(home);
    write(notice, news?.words);
    notice.classList.toggle("urgent", Boolean(news?.urgent));
    // A button that reaches nobody would be worse than none.
    buttons.hidden = home.service === "no_consent";
    const urgent = home.stage === "emergency" || home.service !== "on" || news?.urgent;
    write(call, urgent ? texts.call_119 : null);
    this.#list(words.lines);
  }

  /** For a few seconds after a call for help, wherever it was pressed. */
  #mayTakeBack({ stage, take_back: until }) {
    if (stage !== "emergency" || !until) return false;
    if (this.#called?.until !== until) {
      this.#called = { until, seen: performance.now() };
      setTimeout(() => this.#draw(), TAKE_BACK_MS + 100);
    }
    return performance.now() - this.#called.seen < TAKE_BACK_MS;
  }

  #list(lines) {
    const { lines: list } = this.#parts;
    while (list.children.length > lines.length) list.lastChild.remove();
    while (list.children.length < lines.length) list.append(made("li"));
    lines.forEach((line, place) => write(list.children[place], line));
    list.hidden = lines.length === 0;
  }
}

/** As the user set it: the clock of the home, or of the device. */
function zoneOf(hass) {
  return hass.locale?.time_zone === "server" ? hass.config?.time_zone : undefined;
}
