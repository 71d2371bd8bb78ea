// A press until the home has answered it: kept over a reload of the page, tried again and again.
//
// "Help" is never given up. "I am all right" is, after a minute: it says nothing of the time since,
// and the home would refuse it. The home decides a press once, however often it arrives.

const ANSWER_WITHIN_MS = 8_000;
// Nobody should wait longer for a word on what became of a press.
const SAY_AFTER_MS = 3_000;
const SAY_AGAIN_MS = 60_000;
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 5_000];
const OLDEST_OK_MS = 60_000;
// A call for help from a screen that lay dead for longer is nobody's any more.
const OLDEST_HELP_MS = 24 * 60 * 60 * 1000;
// The home's own reasons. All else, a home that is starting included, may pass.
const FINAL = new Set(["not_allowed", "not_found", "too_late", "unauthorized"]);
const STORE = "anshim-knock-press-";

/** Calls `tell({ is: "sending" | "waits" | "heard" | "refused", stage, code })` as it goes. */
export class Press {
  #tell;
  #line;
  #stopped = false;
  #failures = 0;
  #wake = () => {};
  #said = -Infinity;

  constructor(line, { home, says, tell, id = newId(), at = Date.now() }) {
    this.#line = line;
    this.#tell = tell;
    this.home = home;
    this.says = says;
    this.id = id;
    this.at = at;
    this.begun = performance.now() - (Date.now() - at);
  }

  async run() {
    this.#keep();
    this.#tell({ is: "sending" });
    const impatient = setTimeout(() => this.#say(), SAY_AFTER_MS);
    const woken = () => this.#wake();
    this.#line.addEventListener("change", woken);
    while (!this.#stopped && !(await this.#tried())) await this.#pause();
    this.#line.removeEventListener("change", woken);
    clearTimeout(impatient);
  }

  /** Pressed again while it is on its way: said again, and tried at once. */
  repeat() {
    if (this.#said > -Infinity) {
      this.#said = -Infinity;
      this.#say();
    }
    this.#wake();
  }

  /** Another press has taken its place. */
  stop() {
    this.#stopped = true;
    this.#wake();
  }

  /** Whether that was the end of it. */
  async #tried() {
    if (this.says !== "help" && this.#age() > OLDEST_OK_MS) {
      return this.#ended("refused", { code: "too_late" });
    }
    try {
      const answer = await within(ANSWER_WITHIN_MS, this.#line.press(this.#message()));
      return this.#ended("heard", { stage: answer.stage });
    } catch (error) {
      if (FINAL.has(error?.code)) return this.#ended("refused", { code: error.code });
      if (error === LATE) this.#line.renew();
      this.#say();
      return false;
    }
  }

  #message() {
    return { home: this.home, says: this.says, press: this.id, age: this.#age() / 1000 };
  }

  /** A clock may be set, and a steady one may sleep: the longer of the two. */
  #age() {
    return Math.max(Date.now() - this.at, performance.now() - this.begun, 0);
  }

  #ended(is, more) {
    this.#forget();
    if (!this.#stopped) this.#tell({ is, ...more });
    this.#stopped = true;
    return true;
  }

  /** At once, and again from time to time: whoever waits must not think that it was heard. */
  #say() {
    if (this.#stopped || performance.now() - this.#said < SAY_AGAIN_MS) return;
    this.#said = performance.now();
    this.#tell({ is: "waits" });
  }

  #pause() {
    const wait = PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length - 1)];
    this.#failures += 1;
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, wait);
    });
  }

  #keep() {
    if (this.says !== "help") return;
    try {
      localStorage.setItem(STORE + this.home, JSON.stringify({ id: this.id, at: this.at }));
    } catch {
      // A browser that keeps nothing still tries as long as this page is open.
    }
  }

  #forget() {
    if (keptFor(this.home)?.id === this.id) localStorage.removeItem(STORE + this.home);
  }
}

/** A call for help that an earlier page could not get through: `{ id, at }`, or `null`. */
export function keptFor(home) {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE + home) ?? "null");
    return kept && Math.abs(Date.now() - kept.at) < OLDEST_HELP_MS ? kept : null;
  } catch {
    return null;
  }
}

const LATE = Symbol("no answer in time");

function within(wait, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(LATE), wait);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** `crypto.randomUUID` is missing where a home is opened without TLS. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
