// Every number explains itself: the formula with its figures, the counts, what was left out and why.

import { get, part } from "./api.js";
import { h, put } from "./dom.js";
import { burn, count, duration, millis, number, percent, share, target } from "./format.js";
import { failure, shortTime } from "./pieces.js";

const held = new Map(); // a detail for a few seconds, since one look asks for several figures
const FRESH = 5000;

/** The SLO with its `explain`. */
export async function detail(name, signal) {
  const kept = held.get(name);
  if (kept && performance.now() - kept.at < FRESH) {
    return kept.value;
  }
  const value = await get(`/api/v1/slos/${part(name)}`, {}, signal);
  held.set(name, { at: performance.now(), value });
  return value;
}

const burnOf = (hours, field, window) => ({
  title: `Burn rate of the last ${window}`,
  value: (slo) => burn(slo[field]),
  formula: () => `share of bad events in the last ${window} / (1 − target)`,
  text: (slo) => [
    `1× would spend exactly the whole budget in ${slo.window}; ${burn(slo[field])} spends ${number((slo[field] ?? 0) * hours / windowHours(slo) * 100, 2)} % of it in ${window}.`,
    slo.targetPercent === null || slo.targetPercent === undefined || slo[field] === null || slo[field] === undefined
      ? null : `That is a share of ${number(slo[field] * (100 - slo.targetPercent), 4)} % bad, against ${number(100 - slo.targetPercent, 4)} % that the target allows.`,
  ],
});

function windowHours(slo) {
  return (slo.windowMs ?? 2_419_200_000) / 3_600_000;
}

const FIGURES = {
  left: {
    title: "Budget left",
    value: (slo) => percent(slo.leftPercent, 4),
    text: (slo) => [`${number(slo.leftEvents, 3)} of ${number(slo.budgetEvents, 3)} bad events may still come in this window. Rounded down, so that nothing reads as more than there is.`],
  },
  leftMs: {
    title: "Budget left, as time",
    value: (slo) => `${millis(slo.leftMs)} (${duration(slo.leftMs)})`,
    text: (slo) => [
      "The share of events that may still be bad, times the window: as if everything failed for so long.",
      `The whole budget is ${millis(slo.budgetMs)}, of which ${millis(slo.usedMs)} are used.`,
      slo.total > 0 ? `One bad event costs ${number(slo.windowMs / slo.total, 2)} ms of it now.` : null,
    ],
  },
  used: {
    title: "Budget used",
    value: (slo) => `${percent(slo.usedPercent, 4)} (${millis(slo.usedMs)})`,
    formula: (slo) => `bad / (total × (1 − target)) = ${count(slo.bad)} / ${number(slo.budgetEvents, 3)}`,
    text: () => [],
  },
  good: {
    title: "Good events",
    value: (slo) => percent(slo.goodPercent, 6),
    formula: (slo) => `(total − bad) / total = (${count(slo.total)} − ${count(slo.bad)}) / ${count(slo.total)}`,
    text: () => ["A degraded answer, such as one from a fallback, is counted by itself."],
  },
  burn1h: burnOf(1, "burnRate1h", "1 h"),
  burn6h: burnOf(6, "burnRate6h", "6 h"),
  burn3d: burnOf(72, "burnRate3d", "3 d"),
  exhausted: {
    title: "Until the budget is exhausted",
    value: (slo) => duration(slo.exhaustedInMs),
    formula: () => "what is left / the rate at which it is spent now",
    text: (slo) => [
      slo.exhaustedInMs === null || slo.exhaustedInMs === undefined
        ? "At the present rate it does not run out: it is spent more slowly than it comes back as the window moves on, or it is used up already."
        : "If the last hour goes on like this. It moves with every minute.",
    ],
  },
  retries: {
    title: "Saved by retries",
    value: (slo) => count(slo.savedByRetry),
    text: (slo) => [
      "Calls whose first attempt failed and a later one did not. A call counts once, by how it ended.",
      slo.total > 0 ? `${count(slo.attempts)} attempts for ${count(slo.total)} calls: ${number(slo.attempts / slo.total, 3)} each.` : null,
    ],
  },
};

/** Opens the explanation of a figure beside it. */
export async function explain(anchor, name, figure) {
  const what = FIGURES[figure];
  const body = h("div", { class: "explain-body" }, h("p", { class: "soft" }, "Reckoning …"));
  const element = openBeside(anchor, what.title, body);
  try {
    const slo = await detail(name);
    put(body, content(slo, what, figure));
    place(element, anchor);
  } catch (error) {
    put(body, failure(error));
  }
}

/**
 * A figure that is explained by what the page has already: `lines()` gives what is written beside it, texts and elements,
 * and `formula` the figures that it comes from.
 */
export function told(value, title, { lines, formula = null }) {
  const button = h("button", { type: "button", class: "figure", on: { click: () => openBeside(button, title, h("div", { class: "explain-body" },
    h("p", { class: "explain-value" }, value),
    lines().filter(Boolean).map((line) => (typeof line === "string" ? h("p", {}, line) : line)),
    formula ? h("pre", { tabindex: "0", "aria-label": "Formula" }, formula) : null)) } }, value);
  return button;
}

/** A popover beside what was clicked; Escape or a click elsewhere closes it, and the focus goes back. */
export function openBeside(anchor, title, ...content) {
  document.querySelector(".explain")?.remove();
  const element = h(
    "div",
    { class: "explain", popover: "auto", role: "dialog", "aria-label": title, tabindex: "-1" },
    h("div", { class: "explain-head" }, h("h2", {}, title),
      h("button", { type: "button", class: "icon", "aria-label": "Close", on: { click: () => element.hidePopover() } }, h("span", { "aria-hidden": "true" }, "×"))),
    content,
  );
  element.addEventListener("toggle", (event) => {
    if (event.newState === "closed") {
      const inside = element.contains(document.activeElement) || document.activeElement === document.body;
      element.remove();
      if (inside && anchor.isConnected) {
        anchor.focus({ preventScroll: true });
      }
    }
  });
  document.body.append(element);
  element.showPopover();
  place(element, anchor);
  element.focus({ preventScroll: true });
  return element;
}

function place(element, anchor) {
  const from = anchor.getBoundingClientRect();
  const own = element.getBoundingClientRect();
  const room = 12;
  const left = Math.max(room, Math.min(from.left, innerWidth - own.width - room));
  const below = from.bottom + 8;
  const top = below + own.height + room <= innerHeight ? below : Math.max(room, Math.min(from.top - own.height - 8, innerHeight - own.height - room));
  element.style.setProperty("left", `${left}px`);
  element.style.setProperty("top", `${top < room ? room : top}px`);
}

function content(slo, what, figure) {
  const how = slo.explain ?? {};
  const formula = what.formula ? what.formula(slo) : how.formula;
  const facts = [
    ["Good", count(how.counts?.good)],
    ["Bad", count(slo.bad)],
    ["Degraded", count(slo.degraded)],
    ["All", count(slo.total)],
    ["Target", `${target(slo.targetPercent)} over ${slo.window}`],
    ["Without events", how.noData ? `those minutes are ${how.noData === "exclude" ? "left out" : `counted as ${how.noData}`}` : null],
    ["A degraded event counts as", slo.degraded > 0 && how.degradedWeight !== undefined ? `${number(share(how.degradedWeight) / 100, 4)} of a bad one` : null],
    ["Least number of events", how.minimumTotal ? count(how.minimumTotal) : null],
    ["With what is excluded", figure === "leftMs" || figure === "left" ? (how.leftMsWithExcluded === undefined ? null : `${millis(how.leftMsWithExcluded)} left`) : null],
  ].filter(([, value]) => value !== null && value !== "–");
  return [
    h("p", { class: "explain-value" }, what.value(slo)),
    slo.reason ? h("p", {}, `${slo.reason}.`) : null,
    what.text(slo).filter(Boolean).map((line) => h("p", {}, line)),
    formula ? h("pre", { tabindex: "0", "aria-label": "Formula" }, formula) : null,
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    (how.versions ?? []).length > 1
      ? [h("h3", {}, "Each target counts for its own time"), h("ul", {}, how.versions.map((version) => h("li", {},
          version.from ? [shortTime(version.from), " – "] : "until ", version.to ? shortTime(version.to) : "now",
          `: ${target(share(version.target))}, ${count(version.bad)} bad of ${count(version.total)}`)))]
      : null,
    (how.exclusions ?? []).length > 0
      ? [h("h3", {}, "Left out"), h("ul", {}, how.exclusions.map((exclusion) => h("li", {},
          shortTime(exclusion.from), " – ", shortTime(exclusion.to), `: ${exclusion.name}. ${exclusion.reason ?? ""} (${exclusion.author ?? "no author"})`)))]
      : null,
    h("p", { class: "soft" }, h("a", { href: `/api/v1/slos/${part(slo.name)}` }, "The same as JSON")),
  ];
}
