// One incident: its counts, its worst traces, the retries in it, and what else happened then.

import { get, part } from "./api.js";
import { bars } from "./bars.js";
import { h, put } from "./dom.js";
import { burn, clock, count, duration, millis, minute, percent, plural } from "./format.js";
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
      figure("Spent", millis(incident.spentMs), `${percent(incident.spentPercent)} of the budget`),
      figure("Bad", count(incident.bad), `of ${count(incident.total)}${incident.degraded ? `, ${count(incident.degraded)} degraded` : ""}`),
      figure("Worst burn rate", burn(incident.peakBurnRate), h("span", {}, "at ", time(incident.peakAt, minute))),
      figure("Rule", incident.rule, incident.to ? h("span", {}, "over at ", time(incident.to, minute)) : "still burning")),
    h("div", {}, h("h3", {}, "Minute by minute"), plotHost, dataTable("The minutes as a table", () => table("Minutes of the incident", [
      { title: "Minute", cell: (row) => time(row.t, minute), className: "w" },
      { title: "Bad", cell: (row) => count(row.bad), className: "n" },
      { title: "Degraded", cell: (row) => count(row.degraded), className: "n" },
      { title: "All", cell: (row) => count(row.total), className: "n" },
    ], incident.minutes ?? []))),
    h("div", {}, h("h3", {}, "Worst traces"), traces(incident.traces ?? [])),
    h("div", {}, h("h3", {}, "What the retries decided"), decisions(incident.decisions ?? [])),
    happened(incident),
  ];
}

function traces(list) {
  if (list.length === 0) {
    return h("p", { class: "soft" }, "No trace of this time was kept. Events need a trace id, and traces that are kept have a limit.");
  }
  const anyLink = list.some((trace) => trace.url);
  return [
    table("Worst traces", [
      { title: "Trace", className: "trace", cell: (row) => row.url && /^https?:/i.test(row.url)
        ? h("a", { href: row.url, target: "_blank", rel: "noopener noreferrer" }, row.id, h("span", { class: "sr" }, " (opens in a new tab)")) : row.id },
      { title: "At", className: "w", cell: (row) => time(row.time, clock) },
      { title: "Outcome", cell: (row) => String(row.outcome).toLowerCase() },
      { title: "Took", className: "n", cell: (row) => duration(row.durationMs) },
      { title: "Release", cell: (row) => row.release ?? "–" },
      { title: "Business event", cell: (row) => row.businessEvent ?? "–" },
    ], list),
    anyLink ? null : h("p", { class: "soft" }, "Set the guard's trace link template to open these in Jaeger, Tempo or another viewer."),
  ];
}

function decisions(list) {
  return list.length === 0
    ? h("p", { class: "soft" }, "No decision record of a retry was kept for this time.")
    : table("Decision records", [
      { title: "At", className: "w", cell: (row) => time(row.t, clock) },
      { title: "Rule", cell: (row) => h("span", { class: "tag" }, row.rule) },
      { title: "Record", className: "long", cell: (row) => row.text },
      { title: "Trace", className: "trace", cell: (row) => row.traceId ?? "–" },
    ], list);
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
