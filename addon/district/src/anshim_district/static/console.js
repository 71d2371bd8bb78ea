// Keeps the board alive: hears of changes, fetches the board anew, and never takes a form out of somebody's hands.
"use strict";

const board = document.getElementById("board");
const follow = document.getElementById("follow");
const live = document.getElementById("live");
const news = document.getElementById("show-news");
const base = document.body.dataset.base;

function say(state) {
  if (!live) return;
  live.textContent = live.dataset[state];
  live.className = "live live-" + state;
}

// somebody chooses an outcome: what they look at stays where it is
function isInUse() {
  const active = document.activeElement;
  return Boolean(active && board.contains(active) && active.tagName === "SELECT")
    || [...board.querySelectorAll("select")].some((select) => select.value !== "");
}

async function redraw() {
  const answer = await fetch(board.dataset.fragment, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) {
    location.reload();
    return;
  }
  const focused = document.activeElement && document.activeElement.closest("article");
  board.innerHTML = await answer.text();
  if (focused && document.getElementById(focused.id)) {
    document.querySelector("#" + CSS.escape(focused.id) + " a").focus();
  }
  if (news) news.hidden = true;
}

function changed() {
  if (board && isInUse()) {
    news.hidden = false;
  } else if (board) {
    redraw().catch(() => say("lost"));
  } else if (follow && !document.querySelector("select:focus") && ![...document.querySelectorAll("select")].some((s) => s.value !== "")) {
    location.reload();
  }
}

if (board || follow) {
  const stream = new EventSource(base + "/live");
  let opened = false;
  stream.addEventListener("open", () => {
    say("live");
    // what happened while the line was down is on the server
    if (opened && board) changed();
    opened = true;
  });
  stream.addEventListener("board", changed);
  stream.addEventListener("beat", () => { if (board && !isInUse()) redraw().catch(() => say("lost")); });
  stream.addEventListener("error", () => say("lost"));
  if (news) news.addEventListener("click", () => redraw());
}
