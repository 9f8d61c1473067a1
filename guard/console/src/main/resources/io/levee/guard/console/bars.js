// What every uPlot chart here shares: its loading, its axes, its theme and its size.

import { colour, h } from "./dom.js";
import { day, minute, number } from "./format.js";

const DAY = 86_400;
let library = null;

/** uPlot, fetched when the first chart is drawn. Its style sheet comes along. */
export function plotter() {
  library ??= (async () => {
    const sheet = h("link", { rel: "stylesheet", href: new URL("vendor/uplot-1.6.32.css", import.meta.url) });
    const styled = new Promise((done) => {
      sheet.addEventListener("load", done);
      sheet.addEventListener("error", done);
    });
    document.head.append(sheet);
    const [module] = await Promise.all([import("./vendor/uplot-1.6.32.js"), styled]);
    return module.default;
  })();
  return library;
}

const font = () => "12px Inter, system-ui, sans-serif";

/** Times below a chart: days, or minutes where the chart is that close. */
export function timeAxis(shown = true) {
  return {
    show: true,
    stroke: () => colour("soft"),
    font: font(),
    size: shown ? 28 : 6,
    gap: 4,
    space: 72,
    grid: { show: false },
    ticks: { stroke: () => colour("line"), width: 1, size: 4 },
    values: (u, splits, axis, space, step) =>
      splits.map((at, i) => {
        if (!shown) {
          return "";
        }
        const midnight = minute(at * 1000) === "00:00";
        return step >= DAY || midnight ? day(at * 1000) : i === 0 && splits.length < 3 ? `${day(at * 1000)} ${minute(at * 1000)}` : minute(at * 1000);
      }),
  };
}

/** Values beside a chart. */
export function valueAxis(write = (value) => number(value, 2), size = 58) {
  return {
    stroke: () => colour("soft"),
    font: font(),
    size,
    gap: 6,
    space: 36,
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
    values: (u, splits) => splits.map(write),
  };
}

/**
 * Draws a chart into `host` and keeps it at its size and in the theme.
 *
 * @returns the chart with `close()`
 */
export async function plot(host, options, data) {
  const UPlot = await plotter();
  const size = () => ({ width: Math.max(200, host.clientWidth), height: host.clientHeight });
  const chart = new UPlot({ ...size(), legend: { show: false }, padding: [10, 8, 0, 0], ...options }, data, host);
  const resized = new ResizeObserver(() => {
    const now = size();
    if (now.width !== chart.width || now.height !== chart.height) {
      chart.setSize(now);
    }
  });
  resized.observe(host);
  const themed = () => chart.redraw(false, true);
  document.documentElement.addEventListener("levee-theme", themed);
  chart.close = () => {
    resized.disconnect();
    document.documentElement.removeEventListener("levee-theme", themed);
    chart.destroy();
  };
  return chart;
}

/**
 * Bad and degraded events as bars on one another, over `points` with `t`, `bad` and `degraded`. A bar stands after its time;
 * with `options.before` ahead of it, where the time is the end of what was counted.
 */
export async function bars(host, points, options = {}) {
  const UPlot = await plotter();
  const one = UPlot.paths.bars({ size: [0.7, 24], align: options.before ? -1 : 1 });
  const series = (name) => ({ stroke: () => colour(name), fill: () => colour(name), width: 0, paths: one, points: { show: false } });
  const x = points.map((point) => Date.parse(point.t) / 1000);
  const step = x.length > 1 ? x[1] - x[0] : 60;
  const bad = points.map((point) => point.bad ?? 0);
  const both = points.map((point) => (point.bad ?? 0) + (point.degraded ?? 0));
  return plot(
    host,
    {
      // The last bar stands behind the last time, and has to be seen as well.
      scales: { x: { time: true, range: (u, low, high) => [low, options.before ? high : high + step] }, y: { range: (u, low, high) => [0, Math.max(1, high ?? 1)] } },
      axes: [timeAxis(options.times ?? true), valueAxis((value) => (Number.isInteger(value) ? number(value, 0) : ""), options.axis)],
      series: [{}, series("amber"), series("red")],
      padding: [10, 20, 0, 0],
      ...options.more,
    },
    [x, both, bad],
  );
}

/** One or two lines over time: `lines` are `{ points, of, name }` on one scale. */
export async function lines(host, x, series, write) {
  return plot(
    host,
    {
      scales: { x: { time: true } },
      axes: [timeAxis(), valueAxis(write, 66)],
      series: [{}, ...series.map(({ name, dash }) => ({ stroke: () => colour(name), width: 1.8, dash, points: { show: false } }))],
      cursor: { y: false },
    },
    [x, ...series.map(({ values }) => values)],
  );
}
