// A mark in the text and the card of its finding light up together, and lead to each other.
export function startMarks(): void {
  document.addEventListener("pointerover", (event) => light(event.target as Element));
  document.addEventListener("focusin", (event) => light(event.target as Element));
  document.addEventListener("click", onClick);
}

function numbersOf(element: Element): string[] {
  const from = element.closest<HTMLElement>("[data-marks], [data-card]");
  return (from?.dataset["marks"] ?? from?.dataset["card"] ?? "").split(" ").filter(Boolean);
}

function light(element: Element): void {
  const numbers = numbersOf(element);
  for (const lit of document.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
  for (const n of numbers) {
    for (const other of document.querySelectorAll(`[data-marks~="${n}"], [data-card="${n}"]`)) other.classList.add("is-lit");
  }
}

function onClick(event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#mark-"], a[href^="#card-"]');
  if (!link) return;
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  for (let up = target.parentElement; up; up = up.parentElement) {
    if (up instanceof HTMLDetailsElement) up.open = true;
  }
  target.scrollIntoView({ block: target.matches("[data-card]") ? "nearest" : "center" });
  const number = target.id.slice("mark-".length);
  const focus = target.matches("mark") ? document.querySelector<HTMLElement>(`a.ref[href="#card-${number}"]`) : target;
  focus?.focus({ preventScroll: true });
  light(target);
}
