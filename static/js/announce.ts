import { onPage } from "./pages";
import { word } from "./words";

const noticeStays = 10_000;

// say puts a sentence where screen readers hear it. The same sentence twice is said twice.
export function say(text: string): void {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

// warn says a sentence and shows it, until it is closed or the page changes.
export function warn(text: string): void {
  show(text, "alert");
}

// mention shows a sentence that nobody has to act on, for a while.
export function mention(text: string): void {
  const box = show(text, "status");
  setTimeout(() => box.remove(), noticeStays);
}

function show(text: string, role: string): HTMLElement {
  document.getElementById("warning")?.remove();
  const box = document.createElement("section");
  box.id = "warning";
  box.className = "toast";
  box.setAttribute("role", role);
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button is-plain";
  close.textContent = word("close");
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  document.getElementById("shell")?.append(box);
  return box;
}

export function startAnnouncing(): void {
  onPage((shell, swapped) => {
    const toast = shell.querySelector<HTMLElement>(".toast[data-announce]");
    const told = toast?.dataset["announce"] ?? "";
    if (told || swapped) say([told, swapped ? document.title : ""].filter(Boolean).join(" "));
    if (toast && !toast.querySelector("form")) setTimeout(() => toast.remove(), noticeStays);
    if (swapped) focusPage(shell);
    else shell.querySelector<HTMLElement>("[data-focus]")?.focus();
  });
}

// The focus is never lost in a swap: it goes to what went wrong, to the line that was opened, or to the page.
function focusPage(shell: HTMLElement): void {
  const opened = sessionStorage.getItem("opened");
  const line = opened ? shell.querySelector<HTMLElement>(`.row-text[href^="/items/${CSS.escape(opened)}"]`) : null;
  const target = shell.querySelector<HTMLElement>("[data-focus]") ?? line ?? shell.querySelector<HTMLElement>("#main");
  target?.focus({ preventScroll: target === shell.querySelector("#main") });
  const item = shell.querySelector<HTMLElement>("[data-item]")?.dataset["item"];
  if (item) sessionStorage.setItem("opened", item);
}
