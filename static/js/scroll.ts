import { onPage } from "./pages";

// A page that is swapped in begins at its top; going back and forward finds it as it was left. Where a page stood is kept
// with its entry in the history.
let wanted: number | null = null; // where the page that comes is to stand
let kept = ""; // the item that is on screen already

export function startScroll(): void {
  history.scrollRestoration = "manual";
  wanted = placeOf(history.state);
  window.addEventListener("popstate", (event) => (wanted = placeOf(event.state)));
  document.addEventListener("scrollend", remember);
  window.addEventListener("pagehide", remember);
  onPage((shell, swapped) => {
    const same = kept !== "" && shell.querySelector<HTMLElement>("[data-item]")?.dataset["item"] === kept;
    if (!same && (swapped || wanted)) scrollTo(0, wanted ?? 0);
    wanted = null;
    kept = "";
  });
}

// keepScroll says that the page that comes shows an item that stands on the screen already.
export function keepScroll(item: string): void {
  kept = item;
}

function remember(): void {
  if (wanted === null) history.replaceState({ ...(history.state as object | null), htmx: true, scroll: scrollY }, "");
}

function placeOf(state: unknown): number {
  const { scroll } = (state ?? {}) as { scroll?: unknown };
  return typeof scroll === "number" ? scroll : 0;
}
