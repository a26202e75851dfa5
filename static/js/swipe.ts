import { busy } from "./forms";

// A finger that moves sideways over a page goes where its links with rel=next and rel=prev lead: the buttons that everybody
// sees. It never decides: what cannot be seen coming must not be done by a slip of the thumb.
const farEnough = 72; // pixels
const slant = 2; // so many times as far sideways as up or down
const edge = 24; // from there the browser itself goes back and forward

let start: { x: number; y: number } | null = null;

export function startSwipe(): void {
  document.addEventListener("touchstart", begin, { passive: true });
  document.addEventListener("touchend", end, { passive: true });
  document.addEventListener("touchcancel", () => (start = null), { passive: true });
}

function begin(event: TouchEvent): void {
  const touch = event.touches[0];
  start = null;
  if (!touch || event.touches.length > 1 || touch.clientX < edge || touch.clientX > innerWidth - edge) return;
  if ((event.target as Element).closest("#main") && !scrollsSideways(event.target as Element)) start = { x: touch.clientX, y: touch.clientY };
}

function end(event: TouchEvent): void {
  const touch = event.changedTouches[0];
  const from = start;
  start = null;
  if (!from || !touch || event.touches.length > 0 || busy() || !getSelection()?.isCollapsed || (visualViewport?.scale ?? 1) > 1) return;
  const dx = touch.clientX - from.x;
  if (Math.abs(dx) < farEnough || Math.abs(dx) < slant * Math.abs(touch.clientY - from.y)) return;
  document.querySelector<HTMLAnchorElement>(dx < 0 ? "#main a[rel=next]" : "#main a[rel=prev]")?.click();
}

function scrollsSideways(element: Element): boolean {
  for (let up: Element | null = element; up && up.id !== "main"; up = up.parentElement) {
    if (up.matches("input, textarea, select") || (up.scrollWidth > up.clientWidth && getComputedStyle(up).overflowX !== "visible")) return true;
  }
  return false;
}
