// Keeps the page as it is now: every few seconds, each second while a drill is on its way.
// Only parts that have changed are replaced, so that nothing jumps under a finger.

const CALM_MS = 3000;
const EAGER_MS = 700;

const lost = document.getElementById("lost");
const said = document.getElementById("said");
const part = (place, name) => place.querySelector(`[data-part="${name}"]`);
const headline = () => document.getElementById("head").textContent;

const replace = (fresh) => {
  if (part(fresh, "status").dataset.enrolled !== part(document, "status").dataset.enrolled) {
    location.replace("./"); // not a reload, which would send a form again
    return;
  }
  const before = headline();
  for (const now of fresh.querySelectorAll("[data-part]")) {
    const shown = part(document, now.dataset.part);
    if (shown.outerHTML === now.outerHTML) continue;
    const focused = shown.contains(document.activeElement);
    shown.replaceWith(now);
    if (focused) now.querySelector("button:not([disabled])")?.focus();
  }
  if (headline() !== before) said.textContent = headline();
};

const look = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch("live", { signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
};

const run = async () => {
  await look();
  setTimeout(run, document.querySelector("[data-running]") ? EAGER_MS : CALM_MS);
};

document.addEventListener("visibilitychange", look);
run();
