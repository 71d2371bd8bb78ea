// Takes the presses of this page, and says aloud what becomes of them. They outlive what shows them:
// whoever leaves the page while "Help" waits has still called.

import { lineOf } from "./line.js";
import { Press, keptFor } from "./press.js";
import { allowSound, sayAloud } from "./voice.js";
import { languageOf, wordsOfPress } from "./wording.js";

// One touch of an unsteady hand is one press.
const ONE_TOUCH_MS = 1_500;
const SHOWN_MS = 60_000;
const desks = new WeakMap();

export function deskOf(connection) {
  if (!desks.has(connection)) desks.set(connection, new Desk(lineOf(connection)));
  return desks.get(connection);
}

class Desk extends EventTarget {
  #line;
  #running = new Map();
  #touched = new Map();
  #news = new Map();

  constructor(line) {
    super();
    this.#line = line;
  }

  /** A press by hand. */
  press(home, says, texts) {
    const key = `${home} ${says}`;
    const touched = performance.now();
    if (touched - (this.#touched.get(key) ?? -Infinity) < ONE_TOUCH_MS) return;
    this.#touched.set(key, touched);
    allowSound();
    const running = this.#running.get(key);
    if (running && says === "help") {
      // It is on its way already; what is heard twice sounds twice.
      running.repeat();
      return;
    }
    running?.stop();
    this.#begin({ home, says, texts });
  }

  /** Goes on with a "Help" that an earlier page could not get through. */
  resume(home, texts) {
    const kept = keptFor(home);
    if (kept && !this.#running.has(`${home} help`)) this.#begin({ home, says: "help", texts, ...kept });
  }

  /** The newest of a home: `{ words, urgent }`, or `null`. */
  news(home, texts) {
    const found = this.#news.get(home);
    if (!found || (found.is === "heard" && performance.now() - found.at > SHOWN_MS)) return null;
    return { words: wordsOfPress(found, texts), urgent: found.is === "waits" || found.is === "refused" };
  }

  #begin({ home, says, texts, ...kept }) {
    const key = `${home} ${says}`;
    const press = new Press(this.#line, {
      home,
      says,
      tell: (what) => this.#hear(home, { says, ...what }, texts),
      ...kept,
    });
    this.#running.set(key, press);
    press.run().finally(() => this.#running.get(key) === press && this.#running.delete(key));
  }

  #hear(home, what, texts) {
    this.#news.set(home, { ...what, at: performance.now() });
    if (what.is !== "sending") {
      sayAloud(wordsOfPress(what, texts), languageOf(texts), { urgent: what.is !== "heard" });
    }
    this.dispatchEvent(new Event("change"));
  }
}
