// The SLOs as the guard last told them, for all pages.

import { get } from "./api.js";
import { on } from "./live.js";

let known = null;
let at = null;
let problems = [];
const listeners = new Set();

/** How bad it is, worst first, with the word for it. */
const STATUS = {
  page: { rank: 0, word: "Page" },
  exhausted: { rank: 1, word: "Exhausted" },
  ticket: { rank: 2, word: "Ticket" },
  few: { rank: 3, word: "Too few events" },
  none: { rank: 4, word: "No data" },
  ok: { rank: 5, word: "Within budget" },
};

/** The one status of an SLO: what burns now comes before what has burnt. */
export function status(slo) {
  const key =
    slo.severity === "page" ? "page"
    : slo.state === "EXHAUSTED" ? "exhausted"
    : slo.severity === "ticket" ? "ticket"
    : slo.state === "TOO_FEW" ? "few"
    : slo.state === "NO_DATA" ? "none"
    : "ok";
  return { key, ...STATUS[key] };
}

/** All statuses in their order. */
export const statuses = Object.entries(STATUS).map(([key, value]) => ({ key, ...value }));

/** Reads them afresh. */
export async function load(signal) {
  const answer = await get("/api/v1/slos", {}, signal);
  take(answer);
  return { slos: [...known.values()], at, problems };
}

/** What is known already: null before the first answer. */
export function cached() {
  return known ? { slos: [...known.values()], at, problems } : null;
}

function take(answer) {
  const list = Array.isArray(answer) ? answer : answer.slos;
  const fresh = new Map(list.map((slo) => [slo.name, slo]));
  known = fresh;
  at = answer.at ?? new Date().toISOString();
  problems = answer.problems ?? problems;
}

/** Listens to changes; answers how to stop. */
export function watch(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

on("slos", (answer) => {
  const before = known;
  const list = Array.isArray(answer) ? answer : answer.slos;
  if (!list) {
    return;
  }
  // The stream's summary may say less than the list did: what it leaves out is kept.
  const merged = list.map((slo) => ({ ...before?.get(slo.name), ...slo }));
  take({ ...(Array.isArray(answer) ? {} : answer), slos: merged });
  listeners.forEach((listener) => listener([...known.values()], at));
});
