// A passkey is asked for here and checked by the server: the script fetches the question, hands it to the browser, and sends the
// form with the answer. Where scripts do not run, or the browser knows no passkeys, these forms are hidden and a line says why.
export function startPasskeys(): void {
  if (!known()) return;
  document.documentElement.dataset["passkeys"] = "";
  document.addEventListener("submit", onSubmit, { capture: true });
}

const known = (): boolean => typeof PublicKeyCredential !== "undefined" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const kind = form.dataset["passkey"];
  if (kind === undefined || answerOf(form).value !== "") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void prove(form, kind);
}

const answerOf = (form: HTMLFormElement): HTMLInputElement => form.querySelector<HTMLInputElement>("input[name=answer]")!;

async function prove(form: HTMLFormElement, kind: string): Promise<void> {
  if (form.dataset["asking"] !== undefined) return;
  form.dataset["asking"] = "";
  refuse(form, false);
  try {
    const asked = await fetch(form.dataset["ask"]!, { method: "POST", headers: { Accept: "application/json" } });
    const question: unknown = await asked.json();
    if (asked.status === 403 && form.dataset["again"] !== undefined) {
      location.assign(form.dataset["again"]); // the password is needed once more
      return;
    }
    if (!asked.ok) throw new Error(String(asked.status));
    answerOf(form).value = JSON.stringify(await answer(kind, question));
    form.submit(); // not by htmx: the answer may begin another session
  } catch {
    refuse(form, true);
  } finally {
    delete form.dataset["asking"];
  }
}

async function answer(kind: string, question: unknown): Promise<unknown> {
  const credential =
    kind === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question as PublicKeyCredentialCreationOptionsJSON) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question as PublicKeyCredentialRequestOptionsJSON) });
  if (credential === null) throw new Error("none");
  return (credential as PublicKeyCredential).toJSON();
}

function refuse(form: HTMLFormElement, on: boolean): void {
  const line = form.querySelector<HTMLElement>("[data-passkey-refused]");
  if (line) line.hidden = !on;
}
