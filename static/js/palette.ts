import htmx from "htmx.org";
import { press, usableFor } from "./keys";

// The command palette: what the page can do, by its keys, and where the server says one can go. Without a script the same
// places are a page. The focus stays in the field; the list is told of by aria-activedescendant.
type Command = { word: string; kind: string; cap: string; run: () => void };

let found: Command[] = [];
let at = 0;
let asking: AbortController | null = null;

const dialog = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>("#palette");
const input = (): HTMLInputElement => document.querySelector("#palette-input") as HTMLInputElement;
const list = (): HTMLElement => document.querySelector("#palette-list") as HTMLElement;

export function startPalette(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest('[data-opens="palette"]')) open(event);
    const option = target.closest<HTMLElement>("#palette-list [role=option]");
    if (option) choose(Number(option.dataset["n"]));
  }, { capture: true });
  document.addEventListener("input", (event) => {
    if ((event.target as Element).id === "palette-input") void search(input().value);
  });
  document.addEventListener("keydown", onKey);
}

function open(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
  if (!dialog() || document.querySelector("dialog[open]")) return;
  input().value = "";
  dialog()?.showModal();
  input().focus();
  void search("");
}

function onKey(event: KeyboardEvent): void {
  if ((event.target as Element).id !== "palette-input" || event.isComposing) return;
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (step !== undefined) show((at + step + found.length) % Math.max(found.length, 1));
  else if (event.key === "Enter" && !event.repeat) choose(at);
  else return;
  event.preventDefault();
}

async function search(query: string): Promise<void> {
  asking?.abort();
  const mine = (asking = new AbortController());
  const here = actions(query);
  draw(ranked(here, query));
  try {
    const answer = await fetch((dialog()?.dataset["source"] ?? "") + encodeURIComponent(query), { headers: { Accept: "text/html" }, signal: mine.signal });
    if (answer.ok) draw(ranked([...here, ...placesIn(await answer.text())], query));
  } catch {
    // Typed on, or out of reach: what the page can do is there all the same.
  }
}

// ranked puts first what begins with the words that were typed, then what has a word that does: "over" means the overview
// before it means to hand over. Otherwise the order stays.
function ranked(commands: Command[], query: string): Command[] {
  const wanted = query.toLowerCase().trim();
  const rank = (word: string): number => (word.startsWith(wanted) ? 0 : word.includes(` ${wanted}`) ? 1 : 2);
  return commands.toSorted((a, b) => rank(a.word.toLowerCase()) - rank(b.word.toLowerCase()));
}

// actions are the keys of which the page has an element that can be pressed now.
function actions(query: string): Command[] {
  const out: Command[] = [];
  const keys = document.querySelector<HTMLTemplateElement>("#palette-keys")?.content.querySelectorAll("data") ?? [];
  const wanted = query.toLowerCase().trim();
  for (const key of keys) {
    const word = key.textContent ?? "";
    const element = usableFor(key.value);
    if (element && !element.matches("[data-opens=palette]") && word.toLowerCase().includes(wanted)) {
      out.push({ word, kind: "", cap: key.dataset["cap"] ?? "", run: () => press(element) });
    }
  }
  return out;
}

function placesIn(page: string): Command[] {
  const links = new DOMParser().parseFromString(page, "text/html").querySelectorAll<HTMLAnchorElement>("#commands-found a");
  return [...links].map((link) => {
    const [word, kind] = [...link.querySelectorAll("span")].map((span) => span.textContent ?? "");
    const href = link.getAttribute("href") ?? "";
    return { word: word ?? "", kind: kind ?? "", cap: link.querySelector("kbd")?.textContent ?? "", run: () => go(href) };
  });
}

function go(href: string): void {
  void htmx.ajax("GET", href, { target: "#shell", select: "#shell", swap: "outerHTML", push: "true" });
}

function draw(commands: Command[]): void {
  found = commands;
  list().replaceChildren(...commands.map(option));
  const none = document.getElementById("palette-none");
  if (none) none.textContent = commands.length === 0 ? (none.dataset["none"] ?? "") : "";
  show(0);
}

function option(command: Command, n: number): HTMLElement {
  const line = document.createElement("li");
  line.id = `palette-${n}`;
  line.setAttribute("role", "option");
  line.dataset["n"] = String(n);
  for (const [tag, words, style] of [["span", command.word, ""], ["span", command.kind, "quiet"], ["kbd", command.cap, ""]] as const) {
    if (!words) continue;
    const part = document.createElement(tag);
    part.textContent = words;
    part.className = style;
    line.append(part);
  }
  return line;
}

function show(n: number): void {
  at = n;
  for (const line of list().children) line.setAttribute("aria-selected", String(line.id === `palette-${n}`));
  const line = document.getElementById(`palette-${n}`);
  line?.scrollIntoView({ block: "nearest" });
  if (line) input().setAttribute("aria-activedescendant", line.id);
  else input().removeAttribute("aria-activedescendant");
}

function choose(n: number): void {
  const command = found[n];
  dialog()?.close();
  command?.run();
}
