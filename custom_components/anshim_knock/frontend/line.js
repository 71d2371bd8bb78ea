// The line to Home Assistant: follows the homes, and passes a press on. One for each connection.

const SUBSCRIBE = "anshim_knock/homes/subscribe";
const AGAIN_MS = 3_000;
const lines = new WeakMap();

/** Whoever shows homes on this connection shares one subscription. */
export function lineOf(connection) {
  if (!lines.has(connection)) lines.set(connection, new Line(connection));
  return lines.get(connection);
}

class Line extends EventTarget {
  #connection;
  #watchers = 0;
  #stop = null;
  #turn = 0;

  constructor(connection) {
    super();
    this.#connection = connection;
    /** `null` until the first word. */
    this.homes = null;
    this.up = connection.connected;
    connection.addEventListener("ready", () => this.#is(true));
    connection.addEventListener("disconnected", () => this.#is(false));
  }

  /** Calls `changed` at every news; gives the way to stop. */
  watch(changed) {
    this.addEventListener("change", changed);
    this.#watchers += 1;
    if (this.#watchers === 1) this.#subscribe();
    return () => {
      this.removeEventListener("change", changed);
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#unsubscribe();
    };
  }

  press(message) {
    return this.#connection.sendMessagePromise({ type: "anshim_knock/home/press", ...message });
  }

  /** A line that no longer answers may look alive for minutes. */
  renew() {
    this.#connection.reconnect?.(true);
  }

  #is(up) {
    this.up = up;
    // Home Assistant may still be starting: by ourselves we can ask again, its library asks once.
    if (up && this.#watchers > 0) this.#subscribe();
    this.#tell();
  }

  async #subscribe() {
    this.#unsubscribe();
    const turn = this.#turn;
    try {
      const stop = await this.#connection.subscribeMessage(
        (event) => turn === this.#turn && this.#heard(event),
        { type: SUBSCRIBE },
        { resubscribe: false },
      );
      if (turn === this.#turn) this.#stop = stop;
      else void stop().catch(() => {});
    } catch {
      if (turn === this.#turn) setTimeout(() => turn === this.#turn && this.#subscribe(), AGAIN_MS);
    }
  }

  #unsubscribe() {
    this.#turn += 1;
    // A subscription of a line that broke is gone with it.
    this.#stop?.()?.catch?.(() => {});
    this.#stop = null;
  }

  #heard(event) {
    this.homes = event.homes;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
