// Lines of a list are chosen by their boxes: by click, by a key on the line in focus, and with shift from one to another.
export function startPicks(): void {
  let last: HTMLInputElement | null = null;
  document.addEventListener("click", (event) => {
    const box = (event.target as Element).closest<HTMLInputElement>("input[data-pick]");
    if (!box) return;
    if (event.shiftKey && last?.isConnected) between(last, box, box.checked);
    last = box;
    tell();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = document.querySelector<HTMLElement>("[data-rows]");
    if (!list || !(list.dataset["pick"] ?? "").split("|").includes(event.key)) return;
    const box = document.activeElement?.closest("[data-line]")?.querySelector<HTMLInputElement>("input[data-pick]");
    if (!box || document.activeElement?.matches("input:not([type=checkbox]), select, textarea")) return;
    box.click();
    event.preventDefault();
  });
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[data-pick]")];
}

function between(from: HTMLInputElement, to: HTMLInputElement, on: boolean): void {
  const all = boxes();
  const [a, b] = [all.indexOf(from), all.indexOf(to)].sort((x, y) => x - y);
  for (const box of all.slice(a, (b ?? 0) + 1)) box.checked = on;
}

function tell(): void {
  const place = document.querySelector<HTMLElement>("[data-chosen]");
  if (place) place.textContent = (place.dataset["chosen"] ?? "").replace("0", String(boxes().filter((box) => box.checked).length));
}
