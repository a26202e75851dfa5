import { say } from "./announce";
import { busy } from "./forms";
import { word } from "./words";

// A finger that moves sideways never decides: a slip of the thumb must not be a decision. Over an item that can be decided it
// shows what it would do, approve to the right and block to the left, as a button to press, beside the way to the next item. Everywhere
// else it goes where the links with rel=next and rel=prev lead. All of these are on the page anyway, for who does not swipe.
const farEnough = 72; // pixels
const slant = 2; // so many times as far sideways as up or down
const edge = 24; // from there the browser itself goes back and forward

let start: { x: number; y: number } | null = null;

export function startSwipe(): void {
  document.addEventListener("touchstart", begin, { passive: true });
  document.addEventListener("touchend", end, { passive: true });
  document.addEventListener("touchcancel", () => (start = null), { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector(".swiped")?.remove();
  });
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
  const action = document.querySelector<HTMLButtonElement>(`#decision [data-judgement=${dx < 0 ? "block" : "approve"}]`);
  const link = document.querySelector<HTMLAnchorElement>(dx < 0 ? "#main a[rel=next]" : "#main a[rel=prev]");
  if (action) offer(action, link);
  else link?.click();
}

// offer shows what the swipe would do. Nothing is sent before its button is pressed, and no key presses it unasked.
function offer(action: HTMLButtonElement, link: HTMLAnchorElement | null): void {
  document.querySelector(".swiped")?.remove();
  const bar = document.createElement("section");
  bar.className = "swiped";
  bar.tabIndex = -1;
  bar.setAttribute("aria-label", word("swiped"));
  const confirm = button(action.querySelector("span")?.textContent ?? "", () => action.click());
  confirm.dataset["judgement"] = action.dataset["judgement"] ?? "";
  bar.append(confirm);
  if (link) bar.append(button(link.querySelector(".vh")?.textContent ?? "", () => link.click()));
  bar.append(button(word("cancel"), () => undefined));
  document.getElementById("shell")?.append(bar);
  bar.focus({ preventScroll: true });
  say(word("swiped"));

  function button(label: string, press: () => void): HTMLButtonElement {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "action";
    made.textContent = label;
    made.addEventListener("click", () => {
      bar.remove();
      press();
    });
    return made;
  }
}

function scrollsSideways(element: Element): boolean {
  for (let up: Element | null = element; up && up.id !== "main"; up = up.parentElement) {
    if (up.matches("input, textarea, select") || (up.scrollWidth > up.clientWidth && getComputedStyle(up).overflowX !== "visible")) return true;
  }
  return false;
}
