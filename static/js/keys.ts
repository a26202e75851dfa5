import { busy } from "./forms";

// Which key does what is declared once, on the server: elements carry their keys as data-key="a" or "j|ArrowRight" or "g q",
// and a list carries those that move in it.
const chordWaits = 1_000;
const sameKeyRests = 250; // a finger that bounces must not decide the next item, too

let first = ""; // of a chord
let firstTimer = 0;
let last = { key: "", at: 0 };

export function startKeys(): void {
  document.addEventListener("keydown", onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey) {
    withControl(event, target);
    return;
  }
  if (writes(target)) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (event.repeat || busy() || document.querySelector("dialog[open]")) return;
  const pressed = keyOf(event);
  if (pressed === last.key && event.timeStamp - last.at < sameKeyRests) return;
  last = { key: pressed, at: event.timeStamp };
  if (resolve(target, first ? `${first} ${pressed}` : pressed)) event.preventDefault();
}

// withControl presses what is declared with Control, or Command on a Mac, also from within a field.
function withControl(event: KeyboardEvent, target: HTMLElement): void {
  if (event.repeat || busy() || event.shiftKey || document.querySelector("dialog[open]")) return;
  const element = find((keys) => keys.includes(`Control+${event.key.toLowerCase()}`), target);
  if (!element) return;
  event.preventDefault();
  press(element);
}

// usableFor finds what a key would press now.
export function usableFor(key: string): HTMLElement | undefined {
  return find((keys) => keys.includes(key), document.body);
}

// resolve does what the key means here, or keeps it as the first of two.
function resolve(target: HTMLElement, pressed: string): boolean {
  clearTimeout(firstTimer);
  first = "";
  const element = find((keys) => keys.includes(pressed), target);
  if (element) {
    press(element);
    return true;
  }
  if (!find((keys) => keys.some((k) => k.startsWith(`${pressed} `)), target)) return false;
  first = pressed;
  firstTimer = window.setTimeout(() => (first = ""), chordWaits);
  return true;
}

function find(fits: (keys: string[]) => boolean, target: HTMLElement): HTMLElement | undefined {
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const keys = (element.dataset["key"] ?? "").split("|").filter((k) => !ownKey(target, k));
    if (fits(keys) && usable(element)) return element;
  }
  return undefined;
}

// Arrows belong to whatever scrolls or chooses, when the focus is in it.
function ownKey(target: HTMLElement, key: string): boolean {
  return key.startsWith("Arrow") && target.closest("input, [role=region], summary, .scroll") !== null;
}

function usable(element: HTMLElement): boolean {
  if (element instanceof HTMLInputElement && element.type === "radio") return !element.disabled;
  return element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled");
}

export function press(element: HTMLElement): void {
  if (element instanceof HTMLInputElement && element.type === "radio") {
    element.checked = !element.checked;
    element.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  if (writes(element)) {
    element.focus();
    return;
  }
  if (element.matches("a, button, summary")) {
    element.click();
    if (element.matches("summary")) element.parentElement?.querySelector<HTMLElement>("select, input:not([type=hidden]), textarea, a")?.focus();
    return;
  }
  element.scrollIntoView({ block: "start" });
  element.focus({ preventScroll: true });
}

// writes tells whether keys typed here are text.
function writes(element: HTMLElement): boolean {
  if (element instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit", "reset"].includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement || element.isContentEditable;
}

function keyOf(event: KeyboardEvent): string {
  return event.key.length === 1 && event.getModifierState("CapsLock") ? event.key.toLowerCase() : event.key;
}
