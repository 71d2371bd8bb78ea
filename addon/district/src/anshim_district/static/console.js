// Keeps the board or a case alive: hears of changes, fetches anew, and never takes a form out of somebody's hands.
// A line that is dead without saying so is known by its silence: the server beats every 25 seconds.
"use strict";

const SILENT_MS = 60000;
const LOOK_EVERY_MS = 5000;
const PATIENCE_MS = 10000;

const board = document.getElementById("board");
const follow = document.getElementById("follow");
const live = document.getElementById("live");
const news = document.getElementById("show-news");
const base = document.body.dataset.base;

let stream = null;
let heard = Date.now();
let failed = false;

function say(state) {
  if (!live) return;
  // said again it would be read out again
  if (live.textContent !== live.dataset[state]) live.textContent = live.dataset[state];
  live.className = "live live-" + state;
}

// somebody chooses an outcome or writes a note: what they look at stays where it is
function isInUse() {
  const active = document.activeElement;
  return Boolean(active && ["SELECT", "TEXTAREA"].includes(active.tagName))
    || [...document.querySelectorAll("main select, main textarea")].some((field) => field.value !== "");
}

// whoever is no longer logged in gets the page that says so; what fails is tried again, and the page stays
async function get(url) {
  const answer = await fetch(url, {
    credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

async function redraw() {
  const drawn = await get(board.dataset.fragment);
  const focused = document.activeElement && document.activeElement.closest("article");
  board.innerHTML = drawn;
  if (focused && document.getElementById(focused.id)) {
    document.querySelector("#" + CSS.escape(focused.id) + " a").focus();
  }
  news.hidden = true;
}

// all but the note that somebody is writing
async function redrawCase() {
  const drawn = new DOMParser().parseFromString(await get(follow.dataset.page), "text/html");
  for (const part of ["article.case", "ol.timeline", "#beside"]) {
    document.querySelector(part).replaceWith(drawn.querySelector(part));
  }
  follow.dataset.seen = drawn.getElementById("follow").dataset.seen;
  news.hidden = true;
}

async function lookAtCase() {
  const [seen, left] = (await get(follow.dataset.news)).split("\n");
  const next = document.querySelector(".fact-next time b");
  if (next && left) next.textContent = left;
  if (seen === follow.dataset.seen) return;
  if (isInUse()) news.hidden = false;
  else location.reload();
}

async function tryTo(work) {
  try {
    await work();
    failed = false;
    if (stream.readyState === EventSource.OPEN) say("live");
  } catch {
    failed = true;
    say("lost");
  }
}

function changed() {
  if (follow) tryTo(lookAtCase);
  else if (isInUse()) news.hidden = false;
  else tryTo(redraw);
}

// what happened while there was no line is on the server: each opening looks anew
function connect() {
  if (stream) stream.close();
  heard = Date.now();
  stream = new EventSource(base + "/live");
  for (const [name, act] of [
    ["open", () => { if (!failed) say("live"); changed(); }],
    ["board", changed],
    ["beat", () => { if (follow || !isInUse()) changed(); }],
    ["error", () => say("lost")],
  ]) {
    stream.addEventListener(name, () => {
      if (name !== "error") heard = Date.now();
      act();
    });
  }
}

// a browser opens six connections to a server: cases left open in other tabs must not take them all
function isPutAside() {
  return follow && document.hidden;
}

function keepWatch() {
  if (isPutAside()) return;
  const isSilent = Date.now() - heard > SILENT_MS;
  if (isSilent) say("lost");
  if (isSilent || stream.readyState === EventSource.CLOSED) {
    connect();
    // a login that has ended ends the stream for good: this shows the way back in
    tryTo(() => get(board ? board.dataset.fragment : follow.dataset.news));
  } else if (failed) changed();
}

if (board || follow) {
  connect();
  setInterval(keepWatch, LOOK_EVERY_MS);
  news.addEventListener("click", () => tryTo(board ? redraw : redrawCase));
  document.addEventListener("visibilitychange", () => {
    if (isPutAside()) stream.close();
    else if (follow) connect();
  });
  // the browser's way back shows what was there, not what is
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
