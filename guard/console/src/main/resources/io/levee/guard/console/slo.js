// One SLO: its figures, its curve, its incidents, its rules.

import { get, part } from "./api.js";
import { drawCurve } from "./curve.js";
import { append, h, put, say } from "./dom.js";
import { detail, explain, told } from "./explain.js";
import { brief, burn, count, duration, millis, number, percent, share, target } from "./format.js";
import { drawIncident } from "./incident.js";
import { bar, choice, dataTable, empty, failure, heading, pill, shortTime, skeleton, table, time } from "./pieces.js";
import { address, go, keep, query } from "./router.js";
import { watch } from "./slos.js";

const RANGES = [
  { value: "28d", text: "4 weeks", ms: 28 * 86_400_000 },
  { value: "7d", text: "7 days", ms: 7 * 86_400_000 },
  { value: "1d", text: "24 hours", ms: 86_400_000 },
];
/** A curve is not drawn anew for every second's figures. */
const CURVE_EVERY = 60_000;

/** Draws the page. */
export async function show(main, { parts, signal }) {
  const { name } = parts;
  let slo;
  put(main, heading(name), skeleton(3));
  try {
    slo = await detail(name, signal);
  } catch (error) {
    if (!signal.aborted) { // a refusal has led to the page that signs in by now
      put(main, heading(name), error.status === 404
        ? empty("There is no SLO of this name", "It may have been renamed or its document removed. ", h("a", { href: "/" }, "To the overview"))
        : failure(error, () => go(location.pathname + location.search, { replace: true })));
    }
    return null;
  }
  let curve = null;
  let endIncident = null;
  let drawnAt = 0;
  let incidentId = parts.id ?? null;
  const top = h("div", { class: "heading-pill" });
  const advice = h("p", { class: "advice", hidden: true });
  const figures = figuresOf(name);
  const plotHost = h("div", { class: "curve" }, skeleton(5));
  const below = h("div", { class: "incident-host" });
  const incidents = h("div");
  const ranges = choice("Range", RANGES, rangeOf().value, (value) => {
    keep({ range: value === "28d" ? null : value, from: null, to: null });
    redraw();
  });

  put(
    main,
    h("p", { class: "crumbs" }, h("a", { href: address("/", { q: slo.service }) }, slo.service || "All services")),
    heading(slo.displayName || slo.name, top),
    h("p", { class: "lead" }, `${target(slo.targetPercent)} over ${slo.window}. ${slo.description ?? ""}`),
    advice,
    figures.element,
    h("section", { class: "panel", "aria-labelledby": "curve" },
      h("div", { class: "panel-head" }, h("h2", { id: "curve" }, "Budget over time"), ranges), plotHost),
    below,
    h("section", { class: "panel", "aria-labelledby": "incidents" }, h("h2", { id: "incidents" }, "Incidents"), incidents),
    h("div", { class: "split" }, rules(slo), history(slo), exclusions(slo), spec(slo)),
  );

  function update(now) {
    slo = { ...slo, ...now };
    const key = `${slo.state} ${slo.severity}`;
    if (top.dataset.key !== key) {
      top.dataset.key = key;
      put(top, pill(slo));
    }
    advice.hidden = !slo.advice;
    if (advice.dataset.text !== (slo.advice ?? "")) {
      advice.dataset.text = slo.advice ?? "";
      put(advice, h("b", {}, "Advice"), h("span", {}, slo.advice ?? ""));
    }
    figures.update(slo);
  }

  async function redraw() {
    const range = rangeOf();
    ranges.choose(range.value);
    drawnAt = performance.now();
    try {
      const answer = await get(`/api/v1/slos/${part(name)}/curve`, { from: range.from?.toISOString(), to: range.to?.toISOString(), points: 336 }, signal);
      curve?.close();
      if ((answer.points ?? []).every((point) => point.leftPercent === null || point.leftPercent === undefined)) {
        curve = null;
        put(plotHost, empty("Nothing happened in this time", "There is no event of this SLO in it. Is its indicator matched by what the services send?"));
      } else {
        curve = await drawCurve(plotHost, answer, { pin: (incident) => open(incident.id), range: closer });
        append(plotHost, [dataTable("The curve as a table", () => curveTable(answer))]);
        curve.show(incidentId);
      }
      put(incidents, incidentList(answer.incidents ?? [], open));
      choose(incidentId);
    } catch (error) {
      if (error.name !== "AbortError") {
        put(plotHost, failure(error, redraw));
      }
    }
  }

  function closer(from, to) {
    keep({ range: null, from: from.toISOString().slice(0, 16) + "Z", to: to.toISOString().slice(0, 16) + "Z" });
    redraw();
  }

  function open(id) {
    go(address(`/slo/${part(name)}/incident/${part(id)}`, query()), { quiet: true });
  }

  function choose(id) {
    curve?.show(id);
    for (const row of incidents.querySelectorAll("tr[data-incident]")) {
      row.classList.toggle("chosen", row.dataset.incident === id);
    }
  }

  async function showIncident(id) {
    endIncident?.();
    endIncident = null;
    incidentId = id;
    choose(id);
    if (id === null) {
      put(below);
      return;
    }
    const end = await drawIncident(below, name, id, () => go(address(`/slo/${part(name)}`, query()), { quiet: true }), signal);
    if (incidentId === id) {
      endIncident = end;
    } else {
      end();
    }
  }

  update(slo);
  const stop = watch((slos) => {
    const now = slos.find((one) => one.name === name);
    if (now) {
      update(now);
      if (performance.now() - drawnAt > CURVE_EVERY && !query().to) {
        redraw();
      }
    }
  });
  await redraw();
  if (incidentId !== null) {
    await showIncident(incidentId);
  }
  return {
    /** An incident that the address names has been brought into sight. */
    placed: incidentId !== null,
    /** From one incident to the next, without drawing the page anew. */
    turn(to) {
      if (to.name !== name || signal.aborted) {
        return false;
      }
      const back = incidentId;
      showIncident(to.id ?? null);
      if (!to.id && back) {
        (main.querySelector(`.pin[data-incident="${CSS.escape(back)}"]`) ?? main.querySelector("h1")).focus({ preventScroll: true });
      }
      return true;
    },
    close() {
      stop();
      curve?.close();
      endIncident?.();
    },
  };
}

/** The range that the address asks for: a named one that ends now, or one with both ends. */
function rangeOf() {
  const asked = query();
  const from = Date.parse(asked.from ?? "");
  const to = Date.parse(asked.to ?? "");
  if (from < to) {
    return { value: null, from: new Date(from), to: new Date(to) };
  }
  const named = RANGES.find(({ value }) => value === asked.range) ?? RANGES[0];
  const now = Date.now();
  return { value: named.value, from: new Date(now - named.ms), to: new Date(now) };
}

function figuresOf(name) {
  const make = (label, figure) => {
    const button = h("button", { type: "button", class: "figure", on: { click: () => explain(button, name, figure) } }, "–");
    const note = h("dd", { class: "note" });
    return { label, button, note, element: (extra) => h("div", { class: extra ? "wide" : null }, h("dt", {}, label), h("dd", {}, button), extra ?? null, note) };
  };
  const left = make("Budget left", "left");
  const ms = h("button", { type: "button", class: "figure", on: { click: () => explain(ms, name, "leftMs") } });
  const of = h("span");
  const level = bar(null);
  put(left.note, ms, of);
  const one = make("Burn rate, 1 h", "burn1h");
  const six = make("6 h", "burn6h");
  const three = make("3 d", "burn3d");
  const end = make("Exhausted in", "exhausted");
  const good = make("Good", "good");
  const retries = make("Saved by retries", "retries");
  const element = h("dl", { class: "figures", data: { strip: "" } },
    h("div", { class: "wide" }, h("dt", {}, "Budget left"), h("dd", {}, left.button), h("dd", { class: "note" }, level), left.note),
    [one, six, three, end, good, retries].map((figure) => figure.element()));
  return {
    element,
    update(slo) {
      say(left.button, percent(slo.leftPercent));
      level.show(slo.leftPercent);
      say(ms, millis(slo.leftMs));
      say(of, ` of ${millis(slo.budgetMs)} (${duration(slo.leftMs)} of ${duration(slo.budgetMs)})`);
      for (const [figure, rate] of [[one, slo.burnRate1h], [six, slo.burnRate6h], [three, slo.burnRate3d]]) {
        say(figure.button, burn(rate));
        say(figure.note, rate === null || rate === undefined ? "too few events" : rate > 1 ? "faster than the budget" : "within the budget");
      }
      say(end.button, slo.state === "EXHAUSTED" ? "Used up" : slo.exhaustedInMs === null || slo.exhaustedInMs === undefined ? "Not in sight" : duration(slo.exhaustedInMs));
      say(end.note, "at the present rate");
      say(good.button, percent(slo.goodPercent, 4));
      say(good.note, slo.reason ? slo.reason : `${count(slo.bad)} bad of ${count(slo.total)}${slo.unit === "slices" ? " slices" : ""}${slo.degraded ? `, ${count(slo.degraded)} degraded` : ""}`);
      say(retries.button, count(slo.savedByRetry));
      say(retries.note, slo.total > 0 && slo.attempts ? `${number(slo.attempts / slo.total, 3)} attempts a call` : "");
    },
  };
}

function curveTable(curve) {
  return table("The curve's points", [
    { title: "At", cell: (point) => shortTime(point.t), className: "w" },
    { title: "Left", cell: (point) => percent(point.leftPercent), className: "n" },
    { title: "Left, ms", cell: (point) => millis(point.leftMs), className: "n" },
    { title: "Bad in the step", cell: (point) => count(point.stepBad), className: "n" },
    { title: "Degraded in it", cell: (point) => count(point.stepDegraded), className: "n" },
    { title: "All in it", cell: (point) => count(point.stepTotal), className: "n" },
    { title: "Bad in the window", cell: (point) => count(point.bad), className: "n" },
    { title: "All in the window", cell: (point) => count(point.total), className: "n" },
    { title: "Target", cell: (point) => target(point.targetPercent), className: "n" },
  ], curve.points);
}

function incidentList(list, open) {
  if (list.length === 0) {
    return h("p", { class: "soft" }, "None in this time: no rule's burn rates were above its factor.");
  }
  const newest = [...list].sort((a, b) => Date.parse(b.peakAt) - Date.parse(a.peakAt));
  const element = table("Incidents", [
    { title: "Worst minute", className: "w", cell: (row) => h("a", { href: address(`/slo/${part(row.slo)}/incident/${part(row.id)}`, query()), "aria-label": `Incident of ${brief(row.peakAt)}` }, time(row.peakAt, brief)) },
    { title: "Lasted", className: "w", cell: (row) => (row.to ? duration(Date.parse(row.to) - Date.parse(row.from)) : "going on") },
    { title: "Spent", className: "n", cell: (row) => millis(row.spentMs) },
    { title: "Of the budget", className: "n", cell: (row) => percent(row.spentPercent) },
    { title: "Bad", className: "n", cell: (row) => `${count(row.bad)} of ${count(row.total)}` },
    { title: "Worst burn", className: "n", cell: (row) => burn(row.peakBurnRate) },
    { title: "Rule", cell: (row) => row.rule },
  ], newest);
  [...element.querySelectorAll("tbody tr")].forEach((row, i) => {
    row.dataset.incident = newest[i].id;
  });
  element.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-incident]");
    if (row && !event.target.closest("a") && !getSelection()?.toString()) {
      open(row.dataset.incident);
    }
  });
  return element;
}

function section(title, ...content) {
  return h("section", { class: "panel" }, h("h2", {}, title), h("div", {}, content));
}

function rules(slo) {
  return section("Burn-rate rules", (slo.burn ?? []).length === 0
    ? h("p", { class: "soft" }, "No rule can be reckoned before there are events.")
    : [table("Burn-rate rules", [
      { title: "Rule", cell: (row) => row.rule },
      { title: "Long", className: "n", cell: (row) => [rateIn(slo, row.longBurnRate, row.long), ` in ${row.long}`] },
      { title: "Short", className: "n", cell: (row) => [rateIn(slo, row.shortBurnRate, row.short), ` in ${row.short}`] },
      { title: "Fires above", className: "n", cell: (row) => factor(slo, row) },
      { title: "Now", cell: (row) => (row.firing ? h("span", { class: "pill", data: { status: row.rule.startsWith("page") ? "page" : "ticket" } }, "Firing") : "quiet") },
    ], slo.burn), h("p", { class: "soft" }, "A rule fires when its long and its short window are both above.")]);
}

function rateIn(slo, rate, window) {
  if (rate === null || rate === undefined) {
    return "–";
  }
  const allowed = 100 - slo.targetPercent;
  return told(burn(rate), `Burn rate of the last ${window}`, {
    lines: () => [`${number(rate * allowed, 4)} % of the events were bad, and the target allows ${number(allowed, 4)} %. 1× would spend exactly the whole budget in ${slo.window}.`],
    formula: `share of bad events / (1 − target) = ${number(rate * allowed, 4)} % / ${number(allowed, 4)} %`,
  });
}

/** What a rule fires above, and what that comes to. */
function factor(slo, rule) {
  const part = rule.threshold * span(rule.long) / slo.windowMs * 100;
  return told(burn(rule.threshold), `${rule.rule} fires above`, {
    lines: () => [
      Number.isFinite(part) ? `Who burns like that for ${rule.long} has spent ${number(part, 2)} % of the budget by then.` : null,
      `The last ${rule.short} must burn as fast, so that it ends soon after the trouble does.`,
    ],
    formula: Number.isFinite(part) ? `${number(part, 2)} % of the budget × ${slo.window} / ${rule.long}` : null,
  });
}

/** Milliseconds of a window such as 5m, 1h or 3d; NaN if it is none. */
function span(window) {
  return Number.parseInt(window, 10) * ({ m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }[window.slice(-1)] ?? Number.NaN);
}

function history(slo) {
  const earlier = slo.targets ?? [];
  const list = [...earlier, { target: slo.target }];
  return section("Target history", earlier.length === 0
    ? h("p", { class: "soft" }, `${target(slo.targetPercent)} since the beginning.`)
    : table("Target history", [
      { title: "Until", className: "w", cell: (row) => (row.until ? shortTime(row.until) : "now") },
      { title: "Target", className: "n", cell: (row) => target(share(row.target)) },
      { title: "Ended by", cell: (row) => row.author ?? "–" },
      { title: "Why", className: "long", cell: (row) => row.reason ?? "–" },
    ], list));
}

function exclusions(slo) {
  const list = slo.explain?.exclusions ?? [];
  return section("Excluded from the budget", list.length === 0
    ? h("p", { class: "soft" }, "Nothing in this window.")
    : table("Exclusions", [
      { title: "Name", cell: (row) => row.name },
      { title: "From", className: "w", cell: (row) => shortTime(row.from) },
      { title: "To", className: "w", cell: (row) => shortTime(row.to) },
      { title: "By", cell: (row) => row.author ?? "–" },
      { title: "Why", className: "long", cell: (row) => row.reason ?? "–" },
    ], list));
}

function spec(slo) {
  return section("What is counted",
    h("pre", { tabindex: "0", "aria-label": "Indicator" }, JSON.stringify(slo.indicator ?? {}, null, 2)),
    h("p", { class: "soft" }, `${slo.method ?? ""}. `, h("a", { href: address("/gate", { slo: slo.name }) }, "Decisions of the gate"), " · ", h("a", { href: `/api/v1/slos/${part(slo.name)}` }, "JSON")));
}
