// Selecting a piece of a text fills in the form that labels it: the name of the text and its byte offsets in UTF-8. By keyboard a button of
// the form puts the caret into the text that was chosen; arrows move it by words and lines, with Shift they select, Enter goes on to the label.
import { say } from "./announce";

const utf8 = new TextEncoder();
const shown = 80; // characters of the selection that the form repeats

export function startSpans(): void {
  document.addEventListener("selectionchange", onSelection);
  document.addEventListener("click", onPick);
  document.addEventListener("keydown", onCaretKey, true); // before the keys of the page, of which arrows are some
}

function onPick(event: Event): void {
  const button = (event.target as Element).closest<HTMLElement>("[data-span-pick]");
  if (!button) return;
  const chosen = button.closest("form")?.querySelector<HTMLSelectElement>("[name=segment]")?.value;
  const passages = [...document.querySelectorAll<HTMLElement>(".passage[data-segment]")];
  const passage = passages.find((p) => p.dataset["segment"] === chosen) ?? passages[0];
  if (!passage) return;
  passage.tabIndex = -1;
  passage.focus();
  passage.scrollIntoView({ block: "nearest" });
  getSelection()?.collapse(passage, 0);
  say(button.dataset["spanPick"] ?? "");
}

type Move = { by: "word" | "line" | "lineboundary"; forward: boolean };

const moves: Record<string, Move> = {
  ArrowRight: { by: "word", forward: true },
  ArrowLeft: { by: "word", forward: false },
  ArrowDown: { by: "line", forward: true },
  ArrowUp: { by: "line", forward: false },
  End: { by: "lineboundary", forward: true },
  Home: { by: "lineboundary", forward: false },
};

function onCaretKey(event: KeyboardEvent): void {
  const passage = document.activeElement;
  if (!(passage instanceof HTMLElement) || !passage.matches(".passage[data-segment]")) return;
  const form = document.querySelector<HTMLElement>("[data-span]");
  const move = moves[event.key];
  if (move) {
    getSelection()?.modify(event.shiftKey ? "extend" : "move", move.forward ? "forward" : "backward", move.by);
  } else if (event.key === "Enter") {
    form?.querySelector<HTMLElement>("[name=label]")?.focus();
  } else if (event.key === "Escape") {
    getSelection()?.removeAllRanges();
    form?.querySelector<HTMLElement>("[data-span-pick]")?.focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function onSelection(): void {
  const form = document.querySelector<HTMLElement>("[data-span]");
  const selection = getSelection();
  if (!form || !selection || selection.isCollapsed || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0);
  const passage = elementOf(range.startContainer)?.closest<HTMLElement>(".passage[data-segment]");
  const segment = passage?.dataset["segment"];
  if (!passage || !segment || elementOf(range.endContainer)?.closest(".passage") !== passage) return;
  const start = bytesBefore(passage, range.startContainer, range.startOffset, false);
  const end = bytesBefore(passage, range.endContainer, range.endOffset, true);
  if (start >= end) return;
  fill(form, { segment, start: String(start), end: String(end) });
  const quote = form.querySelector<HTMLElement>("[data-span-text]");
  if (!quote) return;
  const text = selection.toString();
  quote.textContent = text.length > shown ? `${text.slice(0, shown)}…` : text;
  quote.hidden = false;
}

function fill(form: HTMLElement, values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) {
    const field = form.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${name}"]`);
    if (field) field.value = value;
  }
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}

// bytesBefore counts the bytes of the text before a place in what is drawn. An element with data-bytes stands for that many, whatever it
// shows; a place inside one is moved to its start or, for an end, to its end.
export function bytesBefore(root: Node, container: Node, offset: number, isEnd: boolean): number {
  let bytes = 0;
  const walk = (node: Node): boolean => {
    if (node instanceof HTMLElement && node.dataset["bytes"] !== undefined) {
      const stands = Number(node.dataset["bytes"]);
      if (!node.contains(container)) {
        bytes += stands;
        return false;
      }
      if (isEnd) bytes += stands;
      return true;
    }
    if (node === container && node.nodeType === Node.TEXT_NODE) {
      bytes += utf8.encode((node.nodeValue ?? "").slice(0, offset)).length;
      return true;
    }
    if (node.nodeType === Node.TEXT_NODE) {
      bytes += utf8.encode(node.nodeValue ?? "").length;
      return false;
    }
    let index = 0;
    for (const child of node.childNodes) {
      if (node === container && index === offset) return true;
      if (walk(child)) return true;
      index++;
    }
    return node === container;
  };
  walk(root);
  return bytes;
}
