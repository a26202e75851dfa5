import uPlot from "uplot";
import { onPage } from "./pages";

// A chart is drawn from the table behind it: what a screen reader reads and what the eye sees are the same numbers.
let drawn: uPlot[] = [];

export function startCharts(): void {
  onPage((shell) => {
    for (const chart of drawn) chart.destroy();
    drawn = [];
    for (const section of shell.querySelectorAll<HTMLElement>("[data-chart]")) draw(section);
  });
  window.addEventListener("resize", () => {
    for (const chart of drawn) {
      const place = chart.root.parentElement;
      const key = chart.root.querySelector<HTMLElement>(".chart-legend");
      if (place && key) chart.setSize(below(place, key));
    }
  });
}

type Numbers = (number | null)[];

// column reads the numbers of one column of the table; where it has none, the line has a gap.
function column(rows: Element[], i: number, key: "value" | "low" | "high"): Numbers {
  return rows.map((row) => {
    const said = row.querySelectorAll<HTMLElement>("td")[i + 1]?.dataset[key];
    return said === undefined ? null : Number(said);
  });
}

// below is the size of what is left of a place under the legend.
function below(place: HTMLElement, key: HTMLElement): { width: number; height: number } {
  return { width: place.clientWidth, height: place.clientHeight - key.offsetHeight };
}

function draw(section: HTMLElement): void {
  const place = section.querySelector<HTMLElement>(".chart-place");
  const rows = [...section.querySelectorAll("tbody tr")];
  if (!place || rows.length < 2) return;
  const times = rows.map((row) => Date.parse(row.querySelector("time")?.dateTime ?? "") / 1000);
  const names = [...section.querySelectorAll("thead th")].slice(1).map((th) => th.textContent ?? "");
  const style = getComputedStyle(section);
  const colour = (name: string): string => resolved(section, style.getPropertyValue(name));
  const strokes = ["--accent", "--good", "--medium", "--think", "--ink-3"].map(colour);
  const strokeOf = (i: number): string => strokes[i % strokes.length] ?? "";
  const limit = "limit" in section.dataset ? names.length - 1 : -1;
  // The room above for the names of the lines is no part of what a share can be.
  const marks = (_: uPlot, ticks: number[]): (number | null)[] => ("share" in section.dataset ? ticks.map((x) => (x > 100 ? null : x)) : ticks);
  const axis = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
  const lines: uPlot.Series[] = names.map((label, i) => ({
    label,
    stroke: i === limit ? colour("--critical") : strokeOf(i),
    width: 1.5,
    spanGaps: false,
    // A number with none on either side would be no line: it is a point.
    points: { show: lonely(column(rows, i, "value")), size: 5 },
    ...(i === limit ? { dash: [6, 4] } : {}),
  }));
  const columns: Numbers[] = names.map((_, i) => column(rows, i, "value"));
  const bands: uPlot.Band[] = [];
  names.forEach((_, i) => {
    const low = column(rows, i, "low");
    if (low.every((x) => x === null)) return;
    bands.push({ series: [lines.length + 2, lines.length + 1], fill: faint(strokeOf(i)) });
    const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
    lines.push(edge, { ...edge });
    columns.push(low, column(rows, i, "high"));
  });
  const inks = lines.map((_, i) => (i === limit ? colour("--critical") : strokeOf(i)));
  const key = legend(names, inks, (i) => columns[i]?.some((x) => x !== null) ?? false);
  place.append(key);
  const chart = new uPlot(
    {
      ...below(place, key),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
      scales: { y: { range: (_, __, most) => [0, Math.max(Number.EPSILON, most) * 1.1] } },
      axes: [{ ...axis, size: 28, values: (_, ticks) => ticks.map("daily" in section.dataset ? day : clock) }, { ...axis, size: 48, filter: marks, grid: { ...axis.grid, filter: marks } }],
      series: [{}, ...lines],
      bands,
    },
    [times, ...columns],
    place,
  );
  chart.root.prepend(key); // goes with the chart
  drawn.push(chart);
}

// lonely tells whether some number has none beside it.
function lonely(numbers: Numbers): boolean {
  return numbers.some((x, i) => x !== null && (numbers[i - 1] ?? null) === null && (numbers[i + 1] ?? null) === null);
}

// faint makes a colour that lines shine through.
function faint(colour: string): string {
  return `color-mix(in srgb, ${colour} 18%, transparent)`;
}

// clock writes a time of the axis as the table does: the day at midnight, and the hour otherwise.
function clock(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  return iso.includes("T00:00") ? iso.slice(5, 10) : iso.slice(11, 16);
}

// day writes a day of the axis; what lies between two days is none.
function day(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  return iso.includes("T00:00") ? iso.slice(5, 10) : "";
}

// resolved makes a colour that a canvas understands of one that may be light-dark().
function resolved(near: HTMLElement, value: string): string {
  const probe = document.createElement("span");
  probe.style.color = value;
  near.append(probe);
  const out = getComputedStyle(probe).color;
  probe.remove();
  return out;
}

// legend names the lines that there are above them, in their colours. The table says the same to who does not see it.
function legend(names: string[], strokes: string[], isDrawn: (i: number) => boolean): HTMLElement {
  const all = document.createElement("p");
  all.className = "chart-legend";
  names.forEach((name, i) => {
    if (!isDrawn(i)) return;
    const one = document.createElement("span");
    one.style.setProperty("--stroke", strokes[i] ?? "");
    one.textContent = name;
    all.append(one);
  });
  return all;
}
