// Makes sentences of a home's picture, in the language of whoever looks. Knows no page and no network.

import en from "./texts/en.js";
import ko from "./texts/ko.js";

// A finished answer is news for a day.
const NEWS_MS = 24 * 60 * 60 * 1000;

export const textsFor = (language) => (language?.toLowerCase().startsWith("ko") ? ko : en);

export const languageOf = (texts) => (texts === ko ? "ko" : "en");

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** A moment as somebody says it: "오늘 오후 2:02". `locale` is Home Assistant's own for the user. */
export function momentIn(texts, iso, locale, now, zone) {
  const at = new Date(iso);
  const language = languageOf(texts);
  const clock = new Intl.DateTimeFormat(language, {
    hour: "numeric",
    minute: "2-digit",
    timeZone: zone,
    ...hours(locale?.time_format),
  }).format(at);
  const date = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", timeZone: zone });
  const away = day(now, zone) - day(at, zone);
  const key = away === 0 ? "today" : away === 1 ? "yesterday" : "other";
  return filled(texts.time[key], { clock, date: date.format(at) });
}

function hours(format) {
  if (format === "24") return { hourCycle: "h23" };
  return format === "12" ? { hour12: true } : {};
}

/** The number of the calendar day at home. */
function day(moment, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(moment);
  return Math.round(Date.parse(`${parts}T00:00:00Z`) / 86_400_000);
}

/** What the house believes, what it asks for, and whom it has told: `{ belief, advice, lines }`. */
export function wordsOf(home, texts, { locale, now = new Date(), zone } = {}) {
  const say = (iso) => momentIn(texts, iso, locale, now, zone);
  if (home.service !== "on") {
    return { belief: texts.belief[home.service], advice: texts.advice[home.service], lines: [] };
  }
  return {
    belief: filled(texts.belief[standing(home)], { until: home.until && say(home.until) }),
    advice: advice(home, texts),
    lines: lines(home, texts, say, now),
  };
}

/** In an alert first whom it reached; else there is nothing to say of that but yesterday's answer. */
function lines(home, texts, say, now) {
  const seen = lastSign(home, texts, say);
  const people = (home.contacts ?? []).map((contact) => told(contact, texts, say));
  const reached = [texts.told[home.told], answer(home, texts, say, now), ...people].filter(Boolean);
  return home.stage === "calm" ? [seen, ...reached] : [...reached, seen];
}

/** An alert first, then where the resident is, then how much can be seen. */
function standing(home) {
  if (home.stage !== "calm") return home.stage;
  if (home.presence !== "home") return home.presence;
  return home.watch === "seeing" ? "calm" : home.watch;
}

function advice(home, texts) {
  const taken = home.answer?.answer === "hold" && texts.advice[`${home.stage}_taken`];
  return taken || texts.advice[home.stage];
}

function lastSign(home, texts, say) {
  if (!home.last_sign) return texts.no_sign;
  const { at, source } = home.last_sign;
  return filled(source ? texts.last_sign : texts.last_word, { time: say(at), source });
}

/** One of the resident's own people: what they said, or whether it reached them. */
function told({ name, at, arrived, answer: said }, texts, say) {
  const key = said ?? (arrived === false ? "unreached" : arrived ? "told" : "telling");
  return filled(texts.contact[key], { name, time: say(at) });
}

function answer(home, texts, say, now) {
  const given = home.answer;
  if (!given || (home.stage === "calm" && now - new Date(given.at) > NEWS_MS)) return null;
  // A responder or an outcome that is new to us is told in general words.
  const who = texts.who[given.by] ?? texts.who.staff;
  const said = given.answer === "handled" ? texts.answer[given.outcome] : null;
  return filled(said ?? texts.answer[given.answer], { who, time: say(given.at) });
}

const REFUSED = {
  ok: { not_allowed: "no_consent", too_late: "ok_too_late" },
  help: { not_allowed: "no_consent" },
  take_back: { not_allowed: "no_consent", too_late: "take_back_too_late" },
};

const HEARD = {
  ok: (over) => (over ? "ok_heard" : "ok_noted"),
  help: () => "help_heard",
  take_back: (over) => (over ? "take_back_heard" : "take_back_too_late"),
};

/** What became of a press, as `Press` tells it. */
export function wordsOfPress({ says, is, stage, code }, texts) {
  const key = {
    sending: () => "sending",
    waits: () => `${says}_waits`,
    refused: () => REFUSED[says][code] ?? code,
    // What a person has taken only a person closes.
    heard: () => HEARD[says](stage === "calm"),
  }[is]();
  return texts.press[key];
}
