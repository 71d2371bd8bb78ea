// How it looks: large, in colours that hold their contrast whatever theme the home has.

const colours = `
  :host {
    display: block;
    container-type: inline-size;
  }
  [hidden] { display: none !important; }
  .home, .panel {
    --paper: #ffffff;
    --ink: #14181f;
    --edge: #5b6472;
    --warn: #fff3c4;
    --warn-ink: #4a3500;
    --ok: #0b5d2a;
    --help: #a3120a;
    --ring: #0b3fae;
    color: var(--ink);
    background: var(--paper);
    font-family: inherit;
    line-height: 1.4;
    word-break: keep-all;
    overflow-wrap: anywhere;
  }
  [data-dark="true"] {
    --paper: #10141b;
    --ink: #f5f7fa;
    --edge: #a3adbb;
    --warn: #4a3a05;
    --warn-ink: #fff3c4;
    --ring: #9cc2ff;
  }
  button, a { font: inherit; touch-action: manipulation; -webkit-tap-highlight-color: transparent; }
  button { cursor: pointer; }
  :focus-visible { outline: 5px solid var(--ring); outline-offset: 4px; }
  svg { fill: currentColor; }
`;

export const homeStyle = `
  ${colours}
  :host { height: 100%; }
  .home {
    box-sizing: border-box;
    flex: 1;
    min-height: 100%;
    display: flex;
    flex-direction: column;
    gap: 1rem;
    padding: 1rem;
    border-radius: inherit;
  }
  p, ul, h1, h2 { margin: 0; }
  [role="status"]:not(:has(> :not([hidden]))) { display: contents; }
  .belief { font-size: clamp(1.7rem, 6.5cqi, 2.75rem); line-height: 1.25; font-weight: 700; }
  .advice { font-size: clamp(1.25rem, 4.2cqi, 1.6rem); margin-top: 0.5rem; }
  .lost, .notice { font-size: clamp(1.25rem, 4.2cqi, 1.6rem); padding: 0.75rem 1rem; border-radius: 0.75rem; }
  .notice { border: 3px solid var(--edge); font-weight: 700; }
  .lost, .notice.urgent { background: var(--warn); color: var(--warn-ink); border: 3px solid currentColor; }
  .buttons { display: flex; flex-direction: column; flex: 1; gap: 1.25rem; }
  .buttons button {
    flex: 1;
    min-height: 11rem;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 0.25rem;
    padding: 1rem;
    border: 4px solid #ffffff;
    box-shadow: 0 0 0 3px var(--edge);
    border-radius: 1.75rem;
    color: #ffffff;
    font-size: clamp(2.3rem, 10cqi, 3.6rem);
    font-weight: 800;
    user-select: none;
    -webkit-user-select: none;
    transition: transform 120ms;
  }
  .buttons svg { width: 1.6em; height: 1.6em; }
  .ok { background: var(--ok); }
  .help { background: var(--help); }
  .buttons button:active { transform: scale(0.98); }
  .take_back {
    min-height: 5rem;
    padding: 1rem;
    border: 4px dashed currentColor;
    border-radius: 1.25rem;
    background: none;
    color: inherit;
    font-size: clamp(1.5rem, 5.5cqi, 2rem);
    font-weight: 700;
  }
  .call {
    display: block;
    padding: 1.1rem 1rem;
    border: 4px solid currentColor;
    border-radius: 1.25rem;
    color: inherit;
    font-size: clamp(1.6rem, 6cqi, 2.2rem);
    font-weight: 800;
    text-align: center;
    text-decoration: none;
  }
  .lines { list-style: none; padding: 0; font-size: clamp(1.2rem, 4cqi, 1.5rem); }
  .lines li { padding: 0.35rem 0; }
  .lines li + li { border-top: 1px solid var(--edge); }
  @container (min-width: 40rem) {
    .home { padding: 1.75rem; gap: 1.5rem; }
    .buttons { flex-direction: row; gap: 2rem; }
    .buttons button { min-height: 16rem; }
  }
  @media (prefers-reduced-motion: reduce) {
    .buttons button { transition: none; }
    .buttons button:active { transform: none; }
  }
`;

export const panelStyle = `
  ${colours}
  :host { height: 100%; }
  .panel {
    box-sizing: border-box;
    min-height: 100vh;
    min-height: 100dvh;
    display: flex;
    flex-direction: column;
    padding: var(--safe-area-inset-top, 0px) var(--safe-area-inset-right, 0px)
      var(--safe-area-inset-bottom, 0px) var(--safe-area-inset-left, 0px);
  }
  header { display: flex; gap: 0.5rem; align-items: center; }
  header:not(:has(> :not([hidden]))) { display: none; }
  .menu, .back {
    min-width: 3.5rem;
    min-height: 3.5rem;
    border: 0;
    border-radius: 0.75rem;
    background: none;
    color: inherit;
    font-size: 1.25rem;
  }
  .menu { display: none; }
  :host([narrow]) .menu { display: block; }
  .menu svg { width: 1.75rem; height: 1.75rem; }
  .back { text-decoration: underline; padding: 0 1rem; }
  main { flex: 1; display: flex; flex-direction: column; gap: 1rem; }
  main > :not(anshim-knock-home) { margin: 0.5rem 1rem; }
  h1 { font-size: clamp(1.7rem, 6.5cqi, 2.75rem); line-height: 1.25; }
  anshim-knock-home { flex: 1; display: flex; flex-direction: column; }
  .choose {
    min-height: 6rem;
    border: 3px solid var(--edge);
    border-radius: 1.25rem;
    background: none;
    color: inherit;
    font-size: clamp(1.6rem, 6cqi, 2.2rem);
    font-weight: 700;
  }
`;
