// The overview: every SLO, worst first.

import { announce, h, put, say } from "./dom.js";
import { explain } from "./explain.js";
import { burn, duration, millis, percent, plural, target } from "./format.js";
import { connect } from "./live.js";
import { bar, choice, empty, failure, heading, pill, problemList, skeleton } from "./pieces.js";
import { keep, query } from "./router.js";
import { cached, load, status, statuses, watch } from "./slos.js";
import { sparks } from "./spark.js";

const FIRST_ROWS = 30;
const CHUNK = 60;
/** A busy browser is never idle; then the next rows come after so many milliseconds all the same. */
const PATIENCE = 100;
/** Nobody has touched the page for so long: it may sort itself anew. */
const QUIET = 60_000;

const SORTS = {
  worst: { text: "Worst first", compare: worst },
  left: { text: "Least left", compare: (a, b) => nullsLast(a.leftPercent, b.leftPercent, (x, y) => x - y) || byName(a, b) },
  burn: { text: "Burns fastest", compare: (a, b) => nullsLast(a.burnRate1h, b.burnRate1h, (x, y) => y - x) || byName(a, b) },
  name: { text: "Name", compare: byName },
};

function byName(a, b) {
  return title(a).localeCompare(title(b));
}

function nullsLast(a, b, compare) {
  const gone = (value) => value === null || value === undefined;
  return gone(a) ? (gone(b) ? 0 : 1) : gone(b) ? -1 : compare(a, b);
}

function worst(a, b) {
  return status(a).rank - status(b).rank || nullsLast(a.leftPercent, b.leftPercent, (x, y) => x - y) || byName(a, b);
}

function title(slo) {
  return slo.displayName || slo.name;
}

/** Draws the page. */
export async function show(main, { signal }) {
  const asked = query();
  const view = {
    text: asked.q ?? "",
    status: statuses.some((one) => one.key === asked.status) ? asked.status : "all",
    sort: SORTS[asked.sort] ? asked.sort : "worst",
    grouped: asked.group !== "no",
  };
  let slos = cached()?.slos ?? null;
  let rows = new Map();
  let order = [];
  let pending = 0;
  let touched = performance.now();
  const small = sparks();

  const lead = h("p", { class: "lead" }, "\u00a0");
  const filters = h("div", { class: "filters", role: "group", "aria-label": "Show only" });
  const search = h("input", {
    type: "search", id: "search", placeholder: "Name or service", "aria-label": "Search by name or service",
    value: view.text, autocomplete: "off", spellcheck: "false", "aria-keyshortcuts": "/",
    on: { input: () => change({ text: search.value }) },
  });
  const sort = h(
    "select",
    { "aria-label": "Order", on: { change: () => change({ sort: sort.value }) } },
    Object.entries(SORTS).map(([value, { text }]) => h("option", { value, selected: value === view.sort }, text)),
  );
  const grouped = choice(
    "Group", [{ value: "yes", text: "By service" }, { value: "no", text: "One list" }], view.grouped ? "yes" : "no",
    (value) => { grouped.choose(value); change({ grouped: value === "yes" }); },
  );
  const again = h("button", { type: "button", class: "again", hidden: true, on: { click: () => arrange() } }, "Order has changed: sort again");
  const list = h("div", { class: "slos", role: "table", "aria-label": "Service level objectives" }, skeleton(8, "skeleton rows"));
  const notes = h("div", { class: "problems" });

  put(
    main,
    heading("Error budgets"),
    lead,
    filters,
    h("div", { class: "toolbar" }, search, sort, grouped, again),
    notes,
    list,
  );

  function change(changes) {
    Object.assign(view, changes);
    keep({
      q: view.text,
      status: view.status === "all" ? null : view.status,
      sort: view.sort === "worst" ? null : view.sort,
      group: view.grouped ? null : "no",
    });
    arrange();
    if (slos) {
      announce(`${plural(order.length, "SLO")} shown`);
    }
  }

  function chosen() {
    const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
    return slos.filter((slo) => {
      const text = `${title(slo)} ${slo.name} ${slo.service}`.toLowerCase();
      return (view.status === "all" || status(slo).key === view.status) && words.every((word) => text.includes(word));
    });
  }

  function sorted() {
    const { compare } = SORTS[view.sort];
    const all = chosen().sort(compare);
    if (!view.grouped) {
      return all;
    }
    const services = new Map(); // in the order of their first, that is their worst
    for (const slo of all) {
      services.set(slo.service, [...(services.get(slo.service) ?? []), slo]);
    }
    return [...services.values()].flat();
  }

  /** Puts the rows in order: those that can be seen at once, the others when the browser has time. */
  function arrange() {
    if (!slos) {
      return;
    }
    cancelIdleCallback(pending);
    again.hidden = true;
    const all = sorted();
    order = all.map((slo) => slo.name);
    counts();
    if (all.length === 0) {
      put(list, nothing());
      return;
    }
    const body = h("div", { class: "body", role: "presentation" });
    put(list, head(), body);
    list.setAttribute("aria-rowcount", String(all.length + 1));
    let at = 0;
    let service = null;
    let group = null;
    const more = (most) => {
      for (const end = Math.min(all.length, at + most); at < end; at++) {
        const slo = all[at];
        if (group === null || (view.grouped && slo.service !== service)) {
          service = slo.service;
          group = h("div", { class: "group", role: "rowgroup", "aria-label": view.grouped ? service : "All services" });
          if (view.grouped) {
            const size = all.filter((one) => one.service === service).length;
            group.append(h("div", { class: "service", role: "row" },
              h("span", { role: "rowheader" }, service || "No service"), h("span", { role: "cell" }, plural(size, "SLO"))));
            group.style.setProperty("contain-intrinsic-size", `auto ${size * 76 + 44}px`);
          }
          body.append(group);
        }
        let row = rows.get(slo.name);
        if (!row) {
          row = makeRow(slo, small);
          rows.set(slo.name, row);
        }
        row.update(slo);
        group.append(row.element);
      }
      if (at < all.length) {
        pending = requestIdleCallback(() => more(CHUNK), { timeout: PATIENCE });
      }
    };
    more(FIRST_ROWS);
    performance.mark("levee-first-rows");
  }

  function nothing() {
    return slos.length === 0
      ? empty("There is no SLO yet", "Put OpenSLO documents into the guard's folder of SLOs; they appear here within a second, with their place if something in them is wrong.")
      : empty("No SLO is like that", h("button", { type: "button", on: { click: () => { search.value = ""; change({ text: "", status: "all" }); } } }, "Show all"));
  }

  /** The sentence on top, and how many there are of each status. */
  function counts() {
    const by = Object.fromEntries(statuses.map(({ key }) => [key, slos.filter((slo) => status(slo).key === key)]));
    const option = (key, word, n) =>
      h("button", {
        type: "button", class: "stat", data: { status: key, filter: key }, "aria-pressed": String(view.status === key),
        on: { click: () => change({ status: view.status === key ? "all" : key }) },
      }, h("b", {}, String(n)), h("span", {}, word));
    const focused = document.activeElement?.dataset?.filter;
    put(filters, option("all", "All", slos.length), statuses.map(({ key, word }) => option(key, word, by[key].length)));
    if (focused) {
      filters.querySelector(`[data-filter="${focused}"]`)?.focus();
    }
    const first = [...by.page, ...by.exhausted, ...by.ticket].sort(worst)[0];
    say(lead, sentence(by, first));
  }

  function changed(fresh) {
    slos = fresh;
    const names = new Set(fresh.map((slo) => slo.name));
    if (order.some((name) => !names.has(name)) || fresh.some((slo) => !rows.has(slo.name) && order.length === rows.size)) {
      arrange();
      return;
    }
    for (const slo of fresh) {
      rows.get(slo.name)?.update(slo);
    }
    counts();
    const now = sorted().map((slo) => slo.name);
    if (now.length !== order.length || now.some((name, i) => name !== order[i])) {
      if (performance.now() - touched > QUIET) {
        arrange();
      } else {
        again.hidden = false;
      }
    }
  }

  async function read() {
    try {
      const answer = await load(signal);
      slos = answer.slos;
      put(notes, problemList(answer.problems, "the SLO documents"));
      arrange();
    } catch (error) {
      if (error.name !== "AbortError") {
        put(list, failure(error, read));
      }
    }
  }

  const touch = () => { touched = performance.now(); };
  for (const event of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    addEventListener(event, touch, { passive: true, signal });
  }
  list.addEventListener("keydown", (event) => rove(event, list));
  addEventListener("levee-returned", read, { signal });
  const stop = watch(changed);
  if (slos) {
    arrange(); // what is known at once, then what is new
  }
  await read();
  if (!signal.aborted) {
    connect();
  }
  return {
    close() {
      stop();
      small.close();
      cancelIdleCallback(pending);
    },
  };
}

function sentence(by, first) {
  const burning = by.page.length + by.ticket.length;
  if (!first) {
    const silent = by.none.length + by.few.length;
    return by.ok.length === 0 && silent > 0
      ? "Nothing can be said yet: no SLO has enough events."
      : `All budgets hold${silent > 0 ? `; ${plural(silent, "SLO")} cannot be judged for want of events` : ""}.`;
  }
  const name = title(first);
  const many = burning > 0
    ? `${burning === 1 ? "One SLO burns" : `${burning} SLOs burn`} too fast${by.exhausted.length > 0 ? `, ${by.exhausted.length} exhausted` : ""}.`
    : `${by.exhausted.length === 1 ? "One budget is" : `${by.exhausted.length} budgets are`} exhausted.`;
  const rate = first.burnRate1h > 0 ? ` at ${burn(first.burnRate1h)} its budget` : "";
  const end = first.state === "EXHAUSTED" ? ", with nothing left"
    : first.exhaustedInMs !== null && first.exhaustedInMs !== undefined ? `, and is exhausted in ${duration(first.exhaustedInMs)}` : "";
  return `${many} The worst is ${name}${rate}${end}.`;
}

const COLUMNS = ["State", "Objective", "Budget left", "Burn rate, 1 h", "4 weeks"];

function head() {
  return h("div", { class: "columns", role: "rowgroup" },
    h("div", { class: "row", role: "row" }, COLUMNS.map((text, i) => h("span", { role: "columnheader", class: `c${i}` }, text))));
}

function makeRow(slo, small) {
  const state = h("span", { role: "cell", class: "c0" });
  const link = h("a", { href: `/slo/${encodeURIComponent(slo.name)}`, data: { row: "" } });
  const goal = h("span", { class: "goal" });
  const left = h("button", { type: "button", class: "figure big", on: { click: () => explain(left, slo.name, "left") } });
  const level = bar(null);
  const ms = h("button", { type: "button", class: "figure", on: { click: () => explain(ms, slo.name, "leftMs") } });
  const people = h("span", { class: "people" });
  const rate = h("button", { type: "button", class: "figure", on: { click: () => explain(rate, slo.name, "burn1h") } });
  const end = h("span", { class: "people" });
  const curve = h("span", { role: "cell", class: "c4" });
  const element = h(
    "div",
    { class: "row", role: "row" },
    state,
    h("span", { role: "rowheader", class: "c1" }, link, goal),
    h("span", { role: "cell", class: "c2" }, left, level, h("span", { class: "of" }, ms, people)),
    h("span", { role: "cell", class: "c3" }, rate, end),
    curve,
  );
  small.fill(curve, slo.name);
  let drawn = "";
  return {
    element,
    update(now) {
      const key = JSON.stringify([now.displayName, now.service, now.targetPercent, now.window, now.state, now.severity, now.leftPercent, now.leftMs, now.burnRate1h, now.exhaustedInMs, now.advice]);
      if (key === drawn) {
        return;
      }
      drawn = key;
      const { key: of } = status(now);
      element.dataset.status = of;
      put(state, pill(now));
      say(link, title(now));
      say(goal, `${target(now.targetPercent)} over ${now.window}${now.displayName && now.displayName !== now.name ? ` · ${now.name}` : ""}`);
      const known = now.leftPercent !== null && now.leftPercent !== undefined && now.state !== "TOO_FEW";
      say(left, known ? percent(now.leftPercent) : "–");
      left.setAttribute("aria-label", known ? `${percent(now.leftPercent)} of the budget left; how it is reckoned` : "Budget unknown; why");
      level.show(known ? now.leftPercent : null);
      say(ms, known ? millis(now.leftMs) : "");
      ms.hidden = !known;
      say(people, known ? (now.budgetMs ? `of ${duration(now.budgetMs)}` : "") : now.state === "TOO_FEW" ? "too few events to tell" : "no events in the window");
      say(rate, burn(now.burnRate1h));
      rate.setAttribute("aria-label", `Burn rate of the last hour ${burn(now.burnRate1h)}; how it is reckoned`);
      say(end, now.state === "EXHAUSTED" ? "nothing left" : now.exhaustedInMs !== null && now.exhaustedInMs !== undefined && of !== "ok" ? `empty in ${duration(now.exhaustedInMs)}` : "");
    },
  };
}

/** Arrow keys, Home and End walk the names, wherever in the row the focus is. */
function rove(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const links = [...list.querySelectorAll("a[data-row]")];
  const here = links.indexOf(event.target.closest(".row")?.querySelector("a[data-row]"));
  if (here < 0) {
    return;
  }
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, here + step))]?.focus();
}
