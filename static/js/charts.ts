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

function draw(section: HTMLElement): void {
  const place = section.querySelector<HTMLElement>(".chart-place");
  const rows = [...section.querySelectorAll("tbody tr")];
  if (!place || rows.length < 2) return;
  const times = rows.map((row) => Date.parse(row.querySelector("time")?.dateTime ?? "") / 1000);
  const names = [...section.querySelectorAll("thead th")].slice(1).map((th) => th.textContent ?? "");
  const columns = names.map((_, i) => rows.map((row) => Number(row.querySelectorAll<HTMLElement>("[data-value]")[i]?.dataset["value"] ?? 0)));
  const style = getComputedStyle(section);
  const colour = (name: string): string => resolved(section, style.getPropertyValue(name));
  const strokes = [colour("--accent"), colour("--good")];
  const axis = { stroke: colour("--ink-3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
  drawn.push(
    new uPlot(
      {
        width: place.clientWidth,
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most)] } },
        axes: [{ ...axis, values: (_, times) => times.map(clock) }, { ...axis, size: 48 }],
        series: [{}, ...names.map((label, i) => ({ label, stroke: strokes[i % strokes.length] ?? "", width: 1.5, points: { show: false } }))],
        hooks: { draw: [(chart) => label(chart, names, strokes)] },
      },
      [times, ...columns],
      place,
    ),
  );
}

// clock writes a time of the axis as the table does: the day at midnight, and the hour otherwise.
function clock(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  return iso.includes("T00:00") ? iso.slice(5, 10) : iso.slice(11, 16);
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

// label writes the names of the lines at their top left, in their colours: no legend to look up.
function label(chart: uPlot, names: string[], strokes: string[]): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = `${12 * devicePixelRatio}px ${getComputedStyle(chart.root).fontFamily}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  let x = bbox.left + 8 * devicePixelRatio;
  names.forEach((name, i) => {
    ctx.fillStyle = strokes[i % strokes.length] ?? "";
    ctx.fillText(name, x, bbox.top + 4 * devicePixelRatio);
    x += ctx.measureText(name).width + 16 * devicePixelRatio;
  });
  ctx.restore();
}
