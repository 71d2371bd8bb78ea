// Home Assistant as far as the resident's page touches it; the tests pull its strings.

class Connection {
  connected = true;
  homes = [];
  /** Every press that arrived, as it was sent. */
  pressed = [];
  renewed = 0;
  asked = 0;
  /** Home Assistant answers, but has not set the household up yet. */
  starting = false;
  /** A call for help that is taken back in time. */
  takesBack = true;
  /** "answers", "silent" or the code of a refusal. */
  mood = "answers";
  #listeners = { ready: [], disconnected: [] };
  #told = new Set();

  addEventListener(name, listener) {
    this.#listeners[name].push(listener);
  }

  async subscribeMessage(heard) {
    this.asked += 1;
    if (!this.connected) throw 3;
    if (this.starting) throw { code: "unknown_command", message: "" };
    this.#told.add(heard);
    heard({ homes: this.homes });
    return async () => this.#told.delete(heard);
  }

  async sendMessagePromise(message) {
    if (!this.connected) throw 3;
    this.pressed.push(message);
    if (this.mood === "silent") return new Promise(() => {});
    if (this.mood !== "answers") throw { code: this.mood, message: "" };
    const [{ stage }] = this.homes;
    if (message.says === "take_back" && this.takesBack) return { stage: "calm" };
    return { stage: message.says === "help" || stage === "emergency" ? "emergency" : "calm" };
  }

  reconnect() {
    this.renewed += 1;
  }

  show(homes) {
    this.homes = homes;
    this.#told.forEach((heard) => heard({ homes }));
  }

  line(up) {
    this.connected = up;
    if (!up) this.#told.clear();
    this.#listeners[up ? "ready" : "disconnected"].forEach((listener) => listener());
  }
}

window.spoken = [];
Object.defineProperty(window, "speechSynthesis", {
  configurable: true,
  value: { cancel() {}, speak: ({ text, lang }) => window.spoken.push([lang, text]) },
});

/** Opens the panel, or the card when it is given a configuration. */
window.open_page = async ({ homes, language, dark, path, card }) => {
  const connection = new Connection();
  connection.homes = homes;
  const hass = {
    connection,
    language,
    locale: { language, time_format: "language", time_zone: "server" },
    config: { time_zone: "Asia/Seoul" },
    themes: { darkMode: dark },
  };
  document.documentElement.lang = language;
  await import("/page/anshim-knock.js");
  const page = document.createElement(card ? "anshim-knock-card" : "anshim-knock-panel");
  if (card) page.setConfig(card);
  else {
    page.route = { prefix: "/anshim-knock", path };
    page.narrow = innerWidth < 870;
  }
  page.hass = hass;
  document.body.replaceChildren(page);
  Object.assign(window, { connection, hass, page });
};
