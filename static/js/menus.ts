// Menus and panels are <details>; one is open at a time, and a click elsewhere or Escape closes it. Dialogs are <dialog>.
export function startMenus(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    if (opener) (document.getElementById(opener.dataset["opens"] ?? "") as HTMLDialogElement | null)?.showModal();
    if (target instanceof HTMLDialogElement) target.close();
    closeMenus(target.closest("details[data-menu]"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
    event.preventDefault();
  });
}

function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}
