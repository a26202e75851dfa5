import { say } from "./announce";
import { onPage } from "./pages";

// A list that stands open hears what becomes of its lines, and how many have come in. No line moves: what is new waits behind a link.
let source: EventSource | null = null;
let fresh = 0;

type Change = { new: number; rows: { id: string; state: string; mark: string }[] };

export function startLive(): void {
  onPage((shell) => {
    source?.close();
    source = null;
    fresh = 0;
    const list = shell.querySelector<HTMLElement>("[data-live]");
    if (list) listen(list);
  });
  window.addEventListener("pagehide", () => source?.close());
}

function listen(list: HTMLElement): void {
  source = new EventSource(list.dataset["live"] ?? "");
  source.addEventListener("change", (event) => {
    const change = JSON.parse((event as MessageEvent<string>).data) as Change;
    for (const row of change.rows) mark(list, row);
    if (change.new > 0) announce(list, change.new);
  });
}

function mark(list: HTMLElement, row: Change["rows"][number]): void {
  const line = list.querySelector<HTMLElement>(`[data-line="${CSS.escape(row.id)}"]`);
  const place = line?.querySelector<HTMLElement>("[data-mark]");
  if (!line || !place) return;
  place.textContent = row.mark;
  line.classList.toggle("is-gone", line.dataset["state"] !== row.state);
}

function announce(list: HTMLElement, n: number): void {
  const link = list.querySelector<HTMLElement>("[data-news]");
  if (!link) return;
  fresh += n;
  link.textContent = (link.dataset["news"] ?? "").replace("0", String(fresh));
  const first = link.hidden;
  link.hidden = false;
  if (first) say(link.textContent);
}
