// theme.js has applied a stored choice before the first paint; this changes it.
export function startTheme(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-theme-toggle]")) return;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const root = document.documentElement;
    const next = (root.dataset["theme"] ?? system) === "dark" ? "light" : "dark";
    if (next === system) delete root.dataset["theme"];
    else root.dataset["theme"] = next;
    try {
      if (next === system) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // Storage is forbidden: the choice lasts as long as the page.
    }
  });
}
