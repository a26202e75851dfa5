// A page is what stands in #shell. htmx swaps it as a whole; the first one comes with the document.
type Shown = (shell: HTMLElement, swapped: boolean) => void;

const listeners: Shown[] = [];
let current: Element | null = null; // its frame: going back fills the same #shell anew

// onPage calls back for each page that is shown, the first one included.
export function onPage(shown: Shown): void {
  listeners.push(shown);
}

export function showPages(): void {
  document.addEventListener("htmx:after:settle", look);
  look();
}

function look(): void {
  const shell = document.getElementById("shell");
  const frame = shell?.querySelector("main");
  if (!shell || !frame || frame === current) return;
  const swapped = current !== null;
  current = frame;
  for (const shown of listeners) shown(shell, swapped);
}
