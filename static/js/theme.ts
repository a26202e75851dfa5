// The server draws the theme that somebody has set for themselves, theme.js applies one that was chosen in this browser
// before the first paint, and this changes the latter.
export function startTheme(): void {
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-theme-toggle]")) toggle();
  });
  document.addEventListener("submit", (event) => {
    if ((event.target as Element).matches("[data-preferences]")) keep(null); // what was set last is what counts
  });
}

function toggle(): void {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const usual = root.dataset["chosen"] ?? system;
  const next = (root.dataset["theme"] ?? system) === "dark" ? "light" : "dark";
  if (next === system) delete root.dataset["theme"];
  else root.dataset["theme"] = next;
  keep(next === usual ? null : next);
}

function keep(theme: string | null): void {
  try {
    if (theme === null) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage is forbidden: the choice lasts as long as the page.
  }
}
