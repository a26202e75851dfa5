// Finishes the two bills of materials and lists the licences in docs/licences.md: node deploy/sbom/licences.mjs GO.json NPM.json
// It fails when a part has no licence, or one that nobody has agreed to yet, so that a new dependency is looked at once.
import { readFileSync, writeFileSync } from "node:fs";

// Read by a person in the file that lies beside the code, because the detector finds none or a look-alike.
const read = [
  [/^golang\.org\/x\//, "BSD-3-Clause"],
  [/^std$/, "BSD-3-Clause"],
  [/^github\.com\/pressly\/goose\/v3$/, "MIT"],
  [/^htmx\.org$/, "0BSD"],
];
const agreed = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"]);

const found = (part) => (part.licenses ?? part.evidence?.licenses ?? [])
  .map((entry) => entry.expression ?? entry.license?.id ?? entry.license?.name);

function licensed(part) {
  const known = read.find(([name]) => name.test(part.name));
  const ids = known ? [known[1]] : found(part);
  part.licenses = ids.map((id) => ({ license: { id } }));
  delete part.evidence;
  return ids;
}

function wrong(part, ids) {
  if (!part.name || !part.version || !part.purl) return "has no name, version or package URL";
  if (ids.length === 0) return "has no licence that could be found";
  const other = ids.find((id) => !agreed.has(id));
  return other && `has a licence nobody has agreed to: ${other}`;
}

const rows = [], faults = [];
for (const [kind, file] of [["Go", process.argv[2]], ["npm", process.argv[3]]]) {
  const bill = JSON.parse(readFileSync(file, "utf8"));
  if (bill.bomFormat !== "CycloneDX" || !bill.components?.length) throw new Error(`${file} is no bill of materials`);
  bill.metadata.component.licenses = [{ license: { id: "MIT" } }];
  for (const part of bill.components) {
    const ids = licensed(part), fault = wrong(part, ids);
    if (fault) faults.push(`${part.name} ${fault}`);
    // The standard library comes with whichever Go built the binary, so its version is the bill's alone.
    rows.push(`| ${kind} | ${part.name} | ${part.name === "std" ? "" : part.version} | ${ids.join(", ")} |`);
  }
  writeFileSync(file, JSON.stringify(bill, null, 2) + "\n");
}
if (faults.length) {
  console.error(faults.join("\n"));
  process.exit(1);
}
writeFileSync("docs/licences.md", `# What ships with Guardroom, and under which licence

Written by \`make sbom\`; a test holds it to what the binary and the scripts are made of. Guardroom itself: [MIT](../LICENSE).
The texts of the licences lie beside the code: \`go mod download\` and \`npm ci\` fetch both.

| from | part | version | licence |
|---|---|---|---|
${rows.sort().join("\n")}
`);
console.log(`${rows.length} parts, each with a licence: docs/licences.md`);
