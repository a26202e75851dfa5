import { onPage } from "./pages";

// Beside a list stands the item of the line in focus, to be read. It is fetched as a page of its own, which takes nothing;
// what stood there stays until the next one has come, so that nothing jumps.
const settles = 90; // a finger on a key that repeats goes past lines
const keeps = 20;

const read = new Map<string, Element>(); // by address, the last ones
let timer = 0;
let wanted = "";

export function startPreview(): void {
  document.addEventListener("focusin", (event) => {
    const line = (event.target as Element).closest<HTMLElement>("[data-line]");
    if (line && pane()) later(line);
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-look]");
    const line = link?.closest<HTMLElement>("[data-line]");
    if (!line || !pane() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    later(line);
  });
  onPage(() => {
    read.clear();
    clearTimeout(timer);
    wanted = "";
    mark(document.getElementById("preview")?.dataset["preview"] ?? "");
  });
}

// pane is where the preview stands, nothing where there is no room for it.
function pane(): HTMLElement | null {
  const aside = document.querySelector<HTMLElement>(".split-preview");
  return aside?.checkVisibility() ? aside : null;
}

function later(line: HTMLElement): void {
  const address = line.querySelector<HTMLAnchorElement>("a[data-look]")?.href ?? "";
  if (!address || address === wanted) return;
  wanted = address;
  clearTimeout(timer);
  timer = window.setTimeout(() => void show(address), settles);
}

async function show(address: string): Promise<void> {
  const found = read.get(address) ?? (await fetchPreview(address));
  const place = pane();
  if (address !== wanted || !place) return;
  if (!found) {
    wanted = "";
    place.textContent = place.dataset["unreached"] ?? "";
    return;
  }
  read.delete(address);
  read.set(address, found);
  for (const old of [...read.keys()].slice(0, -keeps)) read.delete(old);
  place.replaceChildren(found);
  place.scrollTop = 0;
  mark((found as HTMLElement).dataset["preview"] ?? "");
}

async function fetchPreview(address: string): Promise<Element | null> {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
  } catch {
    return null;
  }
}

// mark tells which line the preview is of.
function mark(item: string): void {
  for (const line of document.querySelectorAll<HTMLElement>("[data-line]")) line.classList.toggle("is-shown", line.dataset["line"] === item);
}
