// Who spent the budget: service × time. A service's cell is its worst SLO's, and opens into its SLOs.

import { get } from "./api.js";
import { h, put } from "./dom.js";
import { openBeside } from "./explain.js";
import { brief, count, day, minute, millis, number, percent } from "./format.js";
import { choice, empty, failure, heading, skeleton, time } from "./pieces.js";
import { address, keep, query } from "./router.js";

const HOUR = 3_600_000;
const RANGES = [
  { value: "28d", text: "4 weeks", ms: 28 * 24 * HOUR, step: "1d", stepMs: 24 * HOUR },
  { value: "7d", text: "7 days", ms: 7 * 24 * HOUR, step: "6h", stepMs: 6 * HOUR },
  { value: "1d", text: "24 hours", ms: 24 * HOUR, step: "1h", stepMs: HOUR },
];
const FEW = 24;
/** Shares of a whole 4-week budget that one cell spent, in percent; 3.6 % is the even pace of a day. */
const LEVELS = [0, 0.5, 2, 5, 10, 25];
const WORDS = ["nothing", "up to 0.5 %", "up to 2 %", "up to 5 %", "up to 10 %", "up to 25 %", "more than 25 %"];

function level(spent) {
  return spent <= 0 ? 0 : LEVELS.filter((limit) => spent > limit).length;
}

/** Draws the page. */
export async function show(main, { signal }) {
  const asked = query();
  let range = RANGES.find(({ value }) => value === asked.range) ?? RANGES[0];
  let text = asked.q ?? "";
  const open = new Set((asked.open ?? "").split(",").filter(Boolean));
  let fresh = asked.open === undefined;
  let answer = null;
  const search = h("input", { type: "search", id: "search", placeholder: "Name or service", "aria-label": "Search by name or service", value: text, "aria-keyshortcuts": "/",
    on: { input: () => { text = search.value; keep({ q: text }); draw(); } } });
  const ranges = choice("Range", RANGES, range.value, (value) => {
    range = RANGES.find((one) => one.value === value);
    ranges.choose(value);
    keep({ range: value === "28d" ? null : value });
    read();
  });
  const host = h("div", { class: "heat" }, skeleton(6));
  put(main,
    heading("Who spent the budget"),
    h("p", { class: "lead" }, "Each cell is the share of a whole budget that went in that time. A service shows its worst SLO; open it for all of them."),
    h("div", { class: "toolbar" }, search, ranges),
    h("section", { class: "panel" },
      h("div", { class: "scale", "aria-label": "Legend" }, h("span", {}, "Share of the budget spent:"), WORDS.map((word, i) => h("span", {}, h("i", { data: { heat: String(i) } }), word)), h("span", {}, h("i", { data: { heat: "none" } }), "no data")),
      host),
  );

  async function read() {
    try {
      const to = Math.ceil(Date.now() / range.stepMs) * range.stepMs;
      answer = await get("/api/v1/heatmap", { from: new Date(to - range.ms).toISOString(), to: new Date(to).toISOString(), step: range.step }, signal);
      draw();
    } catch (error) {
      if (error.name !== "AbortError") {
        put(host, failure(error, read));
      }
    }
  }

  function draw() {
    if (!answer) {
      return;
    }
    if (fresh && answer.rows.length <= FEW) {
      answer.rows.forEach((row) => open.add(row.service)); // few enough to be seen whole
    }
    fresh = false;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = answer.rows.filter((row) => words.every((word) => `${row.service} ${row.slo}`.toLowerCase().includes(word)));
    if (rows.length === 0) {
      put(host, answer.rows.length === 0
        ? empty("Nothing to show yet", "As soon as events of an SLO come in, this fills from the right.")
        : empty("No service or SLO is called so", "Take a part of its name."));
      return;
    }
    put(host, grid(rows));
    host.scrollLeft = host.scrollWidth; // what is new is on the right
  }

  function grid(rows) {
    const services = new Map();
    for (const row of rows) {
      services.set(row.service, [...(services.get(row.service) ?? []), row]);
    }
    const folded = [...services.entries()]
      .map(([service, of]) => ({ service, of, total: Math.max(...of.map(spentOf)) }))
      .sort((a, b) => b.total - a.total);
    const starts = times();
    const body = h("tbody", {}, folded.flatMap(({ service, of }) => {
      const opened = open.has(service);
      const button = h("button", { type: "button", "aria-expanded": String(opened), title: service,
        on: { click: () => {
          open[opened ? "delete" : "add"](service);
          keep({ open: [...open].join(",") || "none" });
          draw();
          [...host.querySelectorAll("th button")].find((one) => one.textContent === service)?.focus();
        } } }, service || "No service");
      const lines = [line(button, service, merge(of), of)];
      if (opened) {
        lines.push(...[...of].sort((a, b) => spentOf(b) - spentOf(a)).map((row) => line(h("a", { href: `/slo/${encodeURIComponent(row.slo)}`, title: row.slo }, row.slo), row.slo, row.cells, [row], "sub")));
      }
      return lines;
    }));
    const table = h("table", { role: "grid", "aria-label": "Budget spent by service and time", on: { keydown: (event) => walk(event, table), click: cellClicked } },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Service"), starts.map((at, i) => h("th", { scope: "col", title: brief(at) }, tick(at, i))), h("th", { scope: "col" }, h("span", { class: "sr" }, "Sum")))),
      body);
    table.style.setProperty("min-width", `calc(20rem + ${starts.length} * 1.55rem)`);
    const first = table.querySelector("td[data-heat]");
    first?.setAttribute("tabindex", "0");
    return table;
  }

  function times() {
    const from = Date.parse(answer.from);
    const n = Math.max(0, ...answer.rows.map((row) => row.cells.length));
    return Array.from({ length: n }, (_, i) => from + i * answer.stepMs);
  }

  /** Few of the times are written: the others are in the cells' words. */
  function tick(at, i) {
    if (range.value === "28d") {
      return i % 7 === 0 ? day(at) : h("span", { class: "sr" }, day(at));
    }
    const every = range.value === "7d" ? 4 : 6;
    return i % every === 0 ? (range.value === "7d" ? day(at) : minute(at)) : h("span", { class: "sr" }, brief(at));
  }

  function line(head, name, cells, of, className) {
    const starts = times();
    const sumMs = of.reduce((sum, row) => sum + row.cells.reduce((s, cell) => s + (cell?.spentMs ?? 0), 0), 0);
    return h("tr", { class: className }, h("th", { scope: "row" }, head),
      starts.map((at, i) => {
        const cell = cells[i];
        const element = h("td", { tabindex: "-1", data: { heat: cell ? String(level(cell.spentPercent)) : "none" }, "aria-label": `${name}, ${brief(at)}: ${cell ? `${percent(cell.spentPercent)} of the budget` : "no data"}` });
        element.levee = { name, at, cell, of, i };
        return element;
      }),
      h("td", { class: "sum", tabindex: "-1" }, millis(sumMs)));
  }

  function cellClicked(event) {
    const element = event.target.closest("td[data-heat]");
    if (element) {
      show1(element);
    }
  }

  function show1(element) {
    const { name, at, cell, of, i } = element.levee;
    const end = at + answer.stepMs;
    const zoom = (slo) => address(`/slo/${encodeURIComponent(slo)}`, { from: new Date(at - answer.stepMs).toISOString(), to: new Date(Math.min(Date.now(), end + answer.stepMs)).toISOString() });
    openBeside(element, name,
      h("p", {}, time(at, brief), " to ", time(end, brief)),
      cell === null || cell === undefined ? h("p", {}, "There was no event in this time: neither good nor bad.") : h("p", { class: "explain-value" }, `${percent(cell.spentPercent)} of the budget`),
      h("ul", {}, of.map((row) => ({ row, cell: row.cells[i] })).filter((one) => one.cell).sort((a, b) => b.cell.spentPercent - a.cell.spentPercent).map(({ row, cell: own }) =>
        h("li", {}, h("a", { href: zoom(row.slo) }, row.slo), `: ${millis(own.spentMs)}, ${number(own.spentPercent, 2)} %, ${count(own.bad)} bad of ${count(own.total)}`))));
  }

  function walk(event, table) {
    const cell = event.target.closest("td, th button, th a");
    const row = event.target.closest("tr");
    if (!cell || !row) {
      return;
    }
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("td[data-heat]")) {
      event.preventDefault();
      show1(event.target);
      return;
    }
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -Infinity], End: [0, Infinity] }[event.key];
    if (!step || !event.target.matches("td[data-heat]")) {
      return;
    }
    event.preventDefault();
    const grid = [...table.querySelectorAll("tbody tr")].map((one) => [...one.querySelectorAll("td[data-heat]")]);
    const y = [...table.querySelectorAll("tbody tr")].indexOf(row);
    const x = grid[y].indexOf(event.target);
    const to = grid[clamp(y + step[0], grid.length)][clamp(x + step[1], grid[y].length)];
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  await read();
  return null;
}

function clamp(value, length) {
  return Math.max(0, Math.min(length - 1, value));
}

function spentOf(row) {
  return row.cells.reduce((sum, cell) => sum + (cell?.spentPercent ?? 0), 0);
}

/** A service's cell: the worst of its SLOs, since shares of different budgets do not add up. */
function merge(rows) {
  const length = Math.max(...rows.map((row) => row.cells.length));
  return Array.from({ length }, (_, i) =>
    rows.map((row) => row.cells[i]).filter(Boolean).reduce((a, b) => (!a || b.spentPercent > a.spentPercent ? b : a), null));
}
