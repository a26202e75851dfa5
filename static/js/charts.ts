import uPlot from "uplot";
import { onPage } from "./pages";

// A chart is drawn from the table behind it: what a screen reader reads and what the eye sees are the same numbers.
const height = 200;
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
      if (place) chart.setSize({ width: place.clientWidth, height });
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
  drawn.push(
    new uPlot(
      {
        width: place.clientWidth,
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
        scales: { y: { range: (_, __, most) => [0, Math.max(Number.EPSILON, most) * 1.3] } },
        axes: [{ ...axis, size: 28, values: (_, ticks) => ticks.map("daily" in section.dataset ? day : clock) }, { ...axis, size: 48 }],
        series: [{}, ...lines],
        bands,
        hooks: { draw: [(chart) => label(chart, names, inks)] },
      },
      [times, ...columns],
      place,
    ),
  );
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

// label writes the names of the lines at their top left, in their colours: no legend to look up. Names that do not fit
// beside each other go on below.
function label(chart: uPlot, names: string[], strokes: string[]): void {
  const { ctx, bbox } = chart;
  const size = 12 * devicePixelRatio;
  const left = bbox.left + 8 * devicePixelRatio;
  ctx.save();
  ctx.font = `${size}px ${getComputedStyle(chart.root).fontFamily}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  let x = left;
  let y = bbox.top + 4 * devicePixelRatio;
  names.forEach((name, i) => {
    const width = ctx.measureText(name).width;
    if (x > left && x + width > bbox.left + bbox.width) {
      x = left;
      y += size * 1.25;
    }
    ctx.fillStyle = strokes[i] ?? "";
    ctx.fillText(name, x, y);
    x += width + 16 * devicePixelRatio;
  });
  ctx.restore();
}
