import type { HtmxRequestCtx } from "htmx.org";
import { warn } from "./announce";
import { word } from "./words";

// A form that is on its way is not sent again; while a page is on its way, keys rest.
export function startForms(): void {
  document.addEventListener("submit", onSubmit, { capture: true });
  document.addEventListener("click", onSecondClick, { capture: true });
  document.addEventListener("htmx:before:request", () => setBusy(true));
  document.addEventListener("htmx:finally:request", () => settle());
  document.addEventListener("htmx:before:response", onResponse);
  document.addEventListener("htmx:after:request", onAnswer);
  document.addEventListener("htmx:before:swap", onSwap);
  document.addEventListener("htmx:error", () => warn(word("offline")));
  window.addEventListener("pageshow", () => settle());
}

export function busy(): boolean {
  return document.documentElement.dataset["busy"] !== undefined;
}

function setBusy(on: boolean): void {
  if (on) document.documentElement.dataset["busy"] = "";
  else delete document.documentElement.dataset["busy"];
}

function settle(): void {
  setBusy(false);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset["sent"];
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.dataset["once"] === undefined) return;
  if (form.dataset["sent"] !== undefined || busy()) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset["sent"] = "";
}

// The second click of a double click may fall on the buttons of the next item.
function onSecondClick(event: MouseEvent): void {
  if (event.detail < 2 || !(event.target as Element).closest("button[type=submit]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

const ctxOf = (event: Event): HtmxRequestCtx => (event as CustomEvent<{ ctx: HtmxRequestCtx }>).detail.ctx;

// What is not a page, a download for instance, is left to the browser.
function onResponse(event: Event): void {
  const { response } = ctxOf(event);
  if (!response || (response.headers.get("Content-Type") ?? "text/html").startsWith("text/html")) return;
  event.preventDefault();
  location.assign(response.raw.url);
}

// A page without the frame, the sign-in page above all, replaces the whole document.
function onAnswer(event: Event): void {
  const ctx = ctxOf(event);
  if (ctx.text === undefined || ctx.text.includes('id="shell"') || !ctx.response) return;
  if (ctx.response.raw.redirected || ctx.request.method === "GET") {
    event.preventDefault();
    location.assign(ctx.response.raw.url);
    return;
  }
  ctx.target = document.body;
  ctx.select = "main";
}

// A refused form leaves the address of the page that it stands on: that one can be reloaded.
function onSwap(event: Event): void {
  const ctx = ctxOf(event);
  if ((ctx.response?.status ?? 200) >= 400 && ctx.request.method !== "GET") ctx.push = "false";
}
