import { say } from "./announce";
import { onPage } from "./pages";
import { word } from "./words";

// Countdowns run on the server's clock: a page says what time it was made, and the difference is kept.
let ahead = 0;

export function startCountdowns(): void {
  onPage((shell) => {
    ahead = Date.parse(shell.dataset["now"] ?? "") - Date.now() || 0;
  });
  setInterval(countDown, 250);
}

function countDown(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-until]")) {
    const left = Math.max(0, Date.parse(place.dataset["until"] ?? "") - Date.now() - ahead);
    const seconds = Math.ceil(left / 1000);
    const text = clock(seconds);
    if (place.textContent !== text) place.textContent = text;
    if (left === 0) ended(place);
  }
}

function clock(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function ended(place: HTMLElement): void {
  delete place.dataset["until"];
  switch (place.dataset["ends"]) {
    case "toast":
      place.closest(".toast")?.remove();
      return;
    case "button":
      place.closest("form")?.remove();
      return;
    case "claim":
      say(word("ended"));
  }
}
