// word returns what the page wants said, in its language.
export function word(name: string): string {
  return document.getElementById("words")?.dataset[name] ?? "";
}
