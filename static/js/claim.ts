import { warn } from "./announce";
import { activeWithin } from "./looking";
import { onPage } from "./pages";
import { word } from "./words";

// An item that is open stays held while somebody is at it, and goes back to the queue the moment they leave.
const beatEvery = 60_000;
const firstBeat = 500; // soon: a reload may have given back what the new page believes to hold
const stillHere = 5 * 60_000; // without a hand on the page for so long, the hold may run out

let held: HTMLFormElement | null = null;
let timer = 0;
let settled = false; // the item was decided, skipped or given back: nothing to release

export function startClaim(): void {
  onPage(take);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    settled = form === held || form.matches("[data-measures]");
  });
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && held) location.reload(); // what this page shows was given back when it was left
  });
}

function take(shell: HTMLElement, swapped: boolean): void {
  const next = shell.querySelector<HTMLFormElement>("form[data-heartbeat]");
  if (held && held.action !== next?.action) release();
  held = next;
  settled = false;
  clearTimeout(timer);
  if (held) timer = window.setTimeout(() => void beat(), swapped ? beatEvery : firstBeat);
}

function release(): void {
  if (!held || settled) return;
  const fields = fieldsOf(held);
  fields.set("leaving", "1"); // what is kept stays
  navigator.sendBeacon(held.action, fields);
}

async function beat(): Promise<void> {
  const form = held;
  if (!form) return;
  if (activeWithin(stillHere)) await renew(form);
  if (form === held) timer = window.setTimeout(() => void beat(), beatEvery);
}

type Lease = { token: string; version: number; expires_at: string };

// renew keeps the hold, or takes the item again when it was lost and nobody has touched the item since.
async function renew(form: HTMLFormElement): Promise<void> {
  let lease = await ask(form.dataset["heartbeat"] ?? "", fieldsOf(form));
  if (lease === "lost") lease = await ask(form.dataset["claim"] ?? "", new URLSearchParams());
  if (!lease || !form.isConnected) return;
  if (lease === "lost" || String(lease.version) !== form.dataset["version"]) {
    warn(word("lost"));
    return;
  }
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=token]")) field.value = lease.token;
  const place = form.parentElement?.querySelector<HTMLElement>("[data-ends=claim]");
  if (place) place.dataset["until"] = lease.expires_at;
}

// ask answers undefined when the server cannot be reached: the next beat will tell.
async function ask(url: string, body: URLSearchParams): Promise<Lease | "lost" | undefined> {
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status === 409) return "lost";
    return answer.ok ? ((await answer.json()) as Lease) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(form: HTMLFormElement): URLSearchParams {
  return new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
}
