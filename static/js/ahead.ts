import type { HtmxRequestCtx } from "htmx.org";
import { mention } from "./announce";
import { onPage } from "./pages";
import { keepScroll } from "./scroll";
import { word } from "./words";

// While somebody is at an item, the pages of the next two are fetched. When the item is decided, the next one is painted at
// once, as it will look; the server's answer, which holds the item, replaces it. Until then keys and forms rest, so that
// nothing is decided that is not held. The page that was left stays, hidden, for the case that the answer is no.
const fetchAfter = 100; // what the page itself still loads goes first
const fetchAgain = 30_000; // somebody may have taken what was fetched

type Left = { shell: HTMLElement; painted: HTMLElement; item: string; scroll: number; focus: Element | null };

const ready = new Map<string, HTMLElement>(); // in the order in which they come
let where = ""; // to ask what comes next
let left: Left | null = null;
let promised = ""; // the item that was painted, until the answer is there
let timer = 0;

export function startAhead(): void {
  onPage(arrive);
  document.addEventListener("formdata", (event) => {
    const next = nextReady();
    if (next && (event.target as Element).matches("[data-measures]")) event.formData.set("ahead", next);
  });
  document.addEventListener("htmx:before:request", onRequest);
  document.addEventListener("htmx:before:swap", () => leave(false));
  document.addEventListener("htmx:error", () => leave(true));
  document.addEventListener("htmx:finally:request", () => leave(true));
}

function arrive(shell: HTMLElement): void {
  const item = shell.querySelector<HTMLElement>(".item");
  if (promised && item && item.dataset["item"] !== promised && !shell.querySelector(".problem")) mention(word("taken"));
  promised = "";
  ready.delete(item?.dataset["item"] ?? "");
  tellReady();
  where = item?.dataset["ahead"] ?? "";
  clearTimeout(timer);
  if (where) timer = window.setTimeout(() => void look(where), fetchAfter);
  else ready.clear();
}

// tellReady shows to whom it may concern, tests among them, how many pages wait.
function tellReady(): void {
  document.documentElement.dataset["ahead"] = String(ready.size);
}

const nextReady = (): string => (where ? (ready.keys().next().value ?? "") : "");

async function look(asked: string): Promise<void> {
  try {
    const answer = await fetch(asked, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { items } = (await answer.json()) as { items: { id: string; page: string }[] };
    const fetched = await Promise.all(items.map(async ({ id, page }) => [id, ready.get(id) ?? (await fetchShell(page))] as const));
    if (asked !== where || left) return;
    ready.clear();
    for (const [id, shell] of fetched) if (shell) ready.set(id, shell);
    tellReady();
  } catch {
    // Out of reach: the next page then comes when it is asked for.
  } finally {
    if (asked === where) timer = window.setTimeout(() => void look(asked), fetchAgain);
  }
}

// fetchShell returns a page that can be shown, nothing when the item is not to be had.
async function fetchShell(page: string): Promise<HTMLElement | undefined> {
  const answer = await fetch(page, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return undefined;
  const shell = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("shell");
  return shell?.querySelector("[data-ahead]") ? shell : undefined;
}

function onRequest(event: Event): void {
  const { ctx } = (event as CustomEvent<{ ctx: HtmxRequestCtx }>).detail;
  const action = new URL(ctx.request.action, location.href).pathname;
  const item = nextReady();
  if (item && !left && /\/(decision|skip)$/.test(action)) paint(item);
}

function paint(item: string): void {
  const shell = document.getElementById("shell");
  const painted = ready.get(item);
  if (!shell || !painted) return;
  ready.delete(item);
  left = { shell, painted, item, scroll: scrollY, focus: document.activeElement };
  painted.removeAttribute("id"); // there is one #shell: what the answer replaces
  shell.hidden = true;
  shell.before(painted);
  painted.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

// leave takes away what was painted: for the answer, or to go back to what was left.
function leave(back: boolean): void {
  if (!left) return;
  const { shell, painted, item, scroll, focus } = left;
  left = null;
  promised = back ? "" : item;
  if (!back) keepScroll(item);
  painted.remove();
  shell.hidden = false;
  if (!back) return;
  scrollTo(0, scroll);
  if (focus instanceof HTMLElement) focus.focus({ preventScroll: true });
}
