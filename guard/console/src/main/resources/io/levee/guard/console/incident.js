// One incident: its counts, its worst traces, the retries in it, and what else happened then.

import { get, part } from "./api.js";
import { bars } from "./bars.js";
import { h, put } from "./dom.js";
import { told } from "./explain.js";
import { burn, clock, count, duration, millis, minute, number, percent, plural } from "./format.js";
import { dataTable, empty, failure, skeleton, table, time, shortTime } from "./pieces.js";

/** Draws the incident into `host`; answers what ends its chart. */
export async function drawIncident(host, name, id, close, signal) {
  const title = h("h2", { tabindex: "-1", id: "incident" }, "Incident");
  const body = h("div", { class: "stack" }, skeleton(3));
  put(host, h("section", { class: "panel incident", "aria-labelledby": "incident" },
    h("div", { class: "panel-head" }, title, h("button", { type: "button", on: { click: close } }, "Close")), body));
  host.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  title.focus({ preventScroll: true });
  let chart = null;
  try {
    const incident = await get(`/api/v1/slos/${part(name)}/incidents/${part(id)}`, {}, signal);
    put(title, "Incident of ", shortTime(incident.from), incident.to ? `, ${duration(Date.parse(incident.to) - Date.parse(incident.from))}` : ", going on");
    const plotHost = h("div", { class: "plot", data: { height: "mid" }, role: "img", "aria-label": "Bad events a minute; the table below has the figures" });
    put(body, parts(incident, plotHost));
    if ((incident.minutes ?? []).length > 0) {
      chart = await bars(plotHost, incident.minutes);
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      put(body, error.status === 404
        ? empty("This incident is not there any more", "Incidents are found from the counts of the window; those of before are gone with them.")
        : failure(error));
    }
  }
  return () => chart?.close();
}

function parts(incident, plotHost) {
  const figure = (name, value, note) => h("div", {}, h("dt", {}, name), h("dd", {}, value), note ? h("dd", { class: "note" }, note) : null);
  return [
    h("dl", { class: "figures" },
      figure("Spent", told(millis(incident.spentMs), "What the incident spent", spent(incident)), `${percent(incident.spentPercent)} of the budget`),
      figure("Bad", told(count(incident.bad), "Bad events of the incident", bad(incident)), `of ${count(incident.total)}${incident.degraded ? `, ${count(incident.degraded)} degraded` : ""}`),
      figure("Worst burn rate", told(burn(incident.peakBurnRate), "Burn rate of the worst minute", worst(incident)), h("span", {}, "at ", time(incident.peakAt, minute))),
      figure("Rule", incident.rule, incident.to ? h("span", {}, "over at ", time(incident.to, minute)) : "still burning")),
    h("div", {}, h("h3", {}, "Minute by minute"), plotHost, dataTable("The minutes as a table", () => table("Minutes of the incident", [
      { title: "Minute", cell: (row) => time(row.t, minute), className: "w" },
      { title: "Bad", cell: (row) => count(row.bad), className: "n" },
      { title: "Degraded", cell: (row) => count(row.degraded), className: "n" },
      { title: "All", cell: (row) => count(row.total), className: "n" },
    ], incident.minutes ?? []))),
    h("div", {}, h("h3", {}, "Worst traces"), traces(incident.traces ?? [])),
    h("div", {}, h("h3", {}, "What the retries decided"), decisions(incident.decisions ?? [], incident.retries)),
    happened(incident),
  ];
}

function spent(incident) {
  const whole = incident.spentPercent > 0 ? incident.spentMs / incident.spentPercent * 100 : null;
  return {
    lines: () => [
      "Its events in milliseconds of the window: each costs the window's length divided by the window's events, at the end of the incident. A degraded one costs its weight.",
      incident.bad > 0 && !incident.degraded ? `One bad event cost ${number(incident.spentMs / incident.bad, 2)} ms.` : null,
      whole ? `The share is that of this window's budget, ${millis(whole)}. What lies in an excluded time costs nothing.` : null,
    ],
    formula: whole ? `${millis(incident.spentMs)} / ${millis(whole)} = ${percent(incident.spentPercent)}` : null,
  };
}

function bad(incident) {
  const { minutes = [] } = incident;
  return {
    lines: () => [`The sum of ${plural(minutes.length, "minute")}, which the table below has one by one. A call counts once, by how it ended, however often it was tried.`],
    formula: `bad / all = ${count(incident.bad)} / ${count(incident.total)} = ${percent(incident.total > 0 ? incident.bad / incident.total * 100 : null)}`,
  };
}

function worst(incident) {
  const at = (incident.minutes ?? []).find((row) => Date.parse(row.t) === Date.parse(incident.peakAt));
  return {
    lines: () => ["The minute that cost most, alone: the share of its events that were bad, divided by what the target of then allowed. 1× would spend exactly the whole budget in the window."],
    formula: at && at.total > 0 && !at.degraded && incident.peakBurnRate > 0
      ? `(${count(at.bad)} / ${count(at.total)}) / ${percent(at.bad / at.total / incident.peakBurnRate * 100, 4)} = ${burn(incident.peakBurnRate)}` : null,
  };
}

function traces(list) {
  if (list.length === 0) {
    return h("p", { class: "soft" }, "No trace of this time was kept. Events need a trace id, and traces that are kept have a limit.");
  }
  const anyLink = list.some((trace) => trace.url);
  return [
    table("Worst traces", [
      { title: "Trace", className: "trace", cell: (row) => traceLink(row.id, row.url) },
      { title: "At", className: "w", cell: (row) => time(row.time, clock) },
      { title: "Outcome", cell: (row) => String(row.outcome).toLowerCase() },
      { title: "Took", className: "n", cell: (row) => duration(row.durationMs) },
      { title: "Release", cell: (row) => row.release ?? "–" },
      { title: "Business event", cell: (row) => row.businessEvent ?? "–" },
    ], list),
    anyLink ? null : h("p", { class: "soft" }, "Set the guard's trace link template to open these in Jaeger, Tempo or another viewer."),
  ];
}

/** A template may come from anywhere: only what leads to the web becomes a link. */
function traceLink(id, url) {
  return url && /^https?:/i.test(url)
    ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, id, h("span", { class: "sr" }, " (opens in a new tab)")) : id ?? "–";
}

function decisions(list, retries) {
  if (list.length === 0) {
    return h("p", { class: "soft" }, retries > 0
      ? `${count(retries)} attempts of this time were retries, but no decision record came with them; the library's exporter and its spans bring them.`
      : "No call of this time was retried.");
  }
  return [
    table("Decision records", [
      { title: "At", className: "w", cell: (row) => time(row.t, clock) },
      { title: "Rule", cell: (row) => h("span", { class: "tag" }, row.rule) },
      { title: "Record", className: "long", cell: (row) => row.text },
      { title: "Trace", className: "trace", cell: (row) => traceLink(row.traceId, row.url) },
    ], list),
    h("p", { class: "soft" }, `${retries > 0 ? `${count(retries)} attempts of this time were retries. ` : ""}At most 5 records of each minute and release are kept.`),
  ];
}

/** Releases before and during, and what the guard did. */
function happened(incident) {
  const items = [
    ...(incident.releases ?? []).map((release) => ({ at: release.at, what: [h("b", {}, release.release), ` ${release.event ?? "deploy"} to ${release.environment ?? "?"}`] })),
    ...(incident.actions ?? []).map((entry) => ({ at: entry.at, what: [h("b", {}, entry.data?.rule ?? entry.kind), ` ${entry.kind.replace("action.", "")}: ${entry.data?.target ?? ""} ${entry.data?.value ?? ""}`] })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return items.length === 0 ? null : h("div", {}, h("h3", {}, `Beside it: ${plural(items.length, "release or action").replace("or actions", "and actions")}`),
    h("ul", { class: "trail" }, items.map(({ at, what }) => h("li", {}, shortTime(at), " ", what))));
}
