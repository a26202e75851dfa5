import { busy } from "./forms";

// In a list of lines, keys move the focus from line to line.
export function startRows(): void {
  document.addEventListener("keydown", (event) => {
    const list = document.querySelector<HTMLElement>("[data-rows]");
    if (!list || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy()) return;
    const at = document.activeElement;
    if (at && at !== document.body && at.id !== "main" && !list.contains(at)) return;
    const lines = [...list.querySelectorAll<HTMLElement>(".row-text")];
    const here = lines.findIndex((line) => line === at);
    const keys = (name: string): string[] => (list.dataset[name] ?? "").split("|");
    if (keys("open").includes(event.key) && event.key !== "Enter") {
      lines[here]?.click();
    } else if (keys("next").includes(event.key)) {
      lines[Math.min(here + 1, lines.length - 1)]?.focus();
    } else if (keys("previous").includes(event.key)) {
      lines[Math.max(here - 1, 0)]?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}
