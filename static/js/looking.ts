import { onPage } from "./pages";

// How long somebody really looked at an item: the page visible and in focus, and a hand on it within the last half minute.
const idleAfter = 30_000;
const tick = 500;

let lookedFor = 0;
let lastActive = 0;
let lastTick = 0;

export function startLooking(): void {
  for (const name of ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchmove"]) {
    document.addEventListener(name, () => (lastActive = performance.now()), { passive: true, capture: true });
  }
  setInterval(count, tick);
  document.addEventListener("visibilitychange", count);
  document.addEventListener("submit", write, { capture: true });
  onPage(() => {
    lookedFor = 0;
    lastActive = lastTick = performance.now();
  });
}

// activeWithin tells whether somebody has used the page in the last milliseconds.
export function activeWithin(ms: number): boolean {
  return performance.now() - lastActive < ms;
}

function count(): void {
  const now = performance.now();
  const step = Math.min(now - lastTick, 2 * tick); // a machine that slept did not look
  lastTick = now;
  if (document.visibilityState === "visible" && document.hasFocus() && activeWithin(idleAfter)) lookedFor += step;
}

function write(event: SubmitEvent): void {
  count();
  const field = (event.target as HTMLFormElement).querySelector<HTMLInputElement>("[data-focused]");
  if (field) field.value = String(Math.round(lookedFor));
}
