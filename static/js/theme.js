// Runs before the first paint, so that a chosen theme never flashes. The only script that is not part of the bundle.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden: the theme of the system stays.
  }
  document.documentElement.dataset.js = "on";
})();
