// What the gate decided, and what people did about it, in place.

import { get, post } from "./api.js";
import { questions } from "./ask.js";
import { confirm, field, reason } from "./dialog.js";
import { announce, h, put } from "./dom.js";
import { openBeside } from "./explain.js";
import { count, millis, number, precise } from "./format.js";
import { on } from "./live.js";
import { empty, failure, heading, skeleton, sloLink, time } from "./pieces.js";
import { keep, query } from "./router.js";

const WORDS = { pass: "Pass", pause: "Pause", abort: "Abort", report: "Report needed", hold: "Not enough data" };
const MOST = 200;

/** Draws the page. */
export async function show(main, { signal }) {
  const asked = query();
  const view = { q: asked.q ?? "", slo: asked.slo ?? "", release: asked.release ?? "", environment: asked.environment ?? "", answer: asked.answer ?? "" };
  let entries = null;
  let answered = null; // the number on the record of what was asked here last
  const answerHere = h("div", { class: "asked", role: "status", "aria-label": "The gate's answer" });
  const asking = questions({ slo: view.slo, environment: view.environment, release: view.release }, signal, async (decision) => {
    answered = decision.ledgerSeq;
    await read();
  });
  const search = h("input", { type: "search", id: "search", placeholder: "Release, SLO or reason", "aria-label": "Search decisions", "aria-keyshortcuts": "/", value: view.q || view.release || view.slo,
    on: { input: () => change({ q: search.value, slo: "", release: "" }) } });
  const environment = select("Environment", [["", "All environments"], ["staging", "Staging"], ["canary", "Canary"], ["production", "Production"]], view.environment, (value) => change({ environment: value }));
  const answer = select("Answer", [["", "All answers"], ...Object.entries(WORDS)], view.answer, (value) => change({ answer: value }));
  const list = h("ol", { class: "cards", "aria-label": "Decisions" }, skeleton(4));
  put(main, heading("Gate"), h("p", { class: "lead" }, "What releases were let through, and what held the others."),
    h("section", { class: "panel", "aria-labelledby": "ask" }, h("h2", { id: "ask" }, "Ask the gate"), asking.element, answerHere),
    h("div", { class: "toolbar" }, search, environment, answer), list);

  function change(changes) {
    Object.assign(view, changes);
    keep(view);
    draw();
  }

  async function read() {
    try {
      entries = (await get("/api/v1/gate/decisions", { most: MOST }, signal)).entries;
      draw();
    } catch (error) {
      if (error.name !== "AbortError") {
        put(list, h("li", {}, failure(error, read)));
      }
    }
  }

  function draw() {
    if (!entries) {
      return;
    }
    asking.know(entries);
    const last = entries.find(({ seq }) => seq === answered);
    put(answerHere, last ? answerOf(last, following(last)) : null);
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const decisions = entries.filter(({ kind, slo, data }) => kind === "gate.decision"
      && (!view.environment || data.environment === view.environment)
      && (!view.answer || data.decision === view.answer)
      && (!view.slo || (slo ?? data.slo) === view.slo)
      && (!view.release || data.release === view.release)
      && words.every((word) => `${slo ?? ""} ${data.release} ${data.environment} ${data.reason}`.toLowerCase().includes(word)));
    if (decisions.length === 0) {
      put(list, h("li", {}, entries.length === 0
        ? empty("The gate has not been asked yet", "Ask it from a pipeline: ", h("code", {}, "levee gate check --slo … --environment staging --release …"), ", or from Argo Rollouts, Flagger or GitHub.")
        : empty("No decision is like that", h("button", { type: "button", on: { click: () => { search.value = ""; environment.value = ""; answer.value = ""; change({ q: "", slo: "", release: "", environment: "", answer: "" }); } } }, "Show all"))));
      return;
    }
    const newest = new Set(); // of each release in each environment only the newest decision can be acted upon
    put(list, decisions.sort((a, b) => b.seq - a.seq).map((entry) => {
      const key = `${entry.slo}\n${entry.data.environment}\n${entry.data.release}`;
      const first = !newest.has(key);
      newest.add(key);
      return h("li", {}, card(entry, following(entry), first));
    }));
  }

  /** What people and pipelines did after a decision about the same release. */
  function following(entry) {
    return entries.filter((one) => one.kind !== "gate.decision" && one.slo === entry.slo && one.data.release === entry.data.release
      && (one.data.environment === undefined || one.data.environment === null || one.data.environment === entry.data.environment))
      .sort((a, b) => a.seq - b.seq);
  }

  function card(entry, after, first) {
    const { data } = entry;
    const figures = h("button", { type: "button", class: "figure", on: { click: () => openBeside(figures, "What it was decided from", facts(data)) } }, "The figures");
    return h("article", { class: "card", "aria-label": `${WORDS[data.decision] ?? data.decision}: ${data.release} to ${data.environment}` },
      h("div", { class: "card-head" },
        h("span", { class: "pill", data: { status: data.decision } }, WORDS[data.decision] ?? data.decision),
        h("h2", {}, data.release), h("span", { class: "tag" }, data.environment), sloLink(entry.slo ?? data.slo),
        h("span", { class: "end" }, time(entry.at), ` · ${entry.actor}${data.caller ? `, ${data.caller}` : ""}`)),
      h("p", {}, data.reason),
      h("div", { class: "card-head" }, data.limitPercent > 0 || data.consumedPercent > 0 ? meter(data) : null, figures),
      after.length > 0 ? h("ul", { class: "trail" }, after.map((one) => h("li", {}, follow(one)))) : null,
      first && entry.seq !== answered ? todo(entry, after) : null);
  }

  /** What was asked here, with all of its counts and what can be done about it. */
  function answerOf(entry, after) {
    const { data } = entry;
    return h("article", { "aria-label": `${WORDS[data.decision] ?? data.decision}: ${data.release} to ${data.environment}, asked here` },
      h("div", { class: "card-head" }, h("span", { class: "pill", data: { status: data.decision } }, WORDS[data.decision] ?? data.decision),
        h("h3", {}, data.release), h("span", { class: "tag" }, data.environment), h("span", { class: "end" }, time(entry.at))),
      h("p", {}, data.reason), meter(data), h("div", { class: "sheet" }, facts(data)),
      after.length > 0 ? h("ul", { class: "trail" }, after.map((one) => h("li", {}, follow(one)))) : null,
      todo(entry, after));
  }

  /** What a person can do about a decision that waits for one. */
  function todo(entry, after) {
    const { decision } = entry.data;
    const done = (kind) => after.some((one) => one.kind === kind);
    const [text, act] = decision === "pause" && !done("gate.approval") ? ["Approve …", approve] : decision === "report" && !done("gate.report") ? ["Attach report …", attach] : [];
    return text ? h("div", { class: "buttons" }, h("button", { type: "button", class: "primary", on: { click: () => act(entry) } }, text)) : null;
  }

  function approve(entry) {
    const { data } = entry;
    confirm({
      title: `Approve ${data.release} in ${data.environment}`,
      text: `${entry.slo ?? data.slo}: ${data.reason}`,
      fields: [reason("Why it may go on all the same"), field("Holds for", h("select", { name: "for" }, [["4h", "4 hours"], ["24h", "24 hours"], ["3d", "3 days"]].map(([value, text]) => h("option", { value, selected: value === "24h" }, text))), "After that the gate decides anew.")],
      button: "Approve",
      act: async (values) => {
        await post("/api/v1/gate/approve", { slo: entry.slo ?? data.slo, environment: data.environment, release: data.release, reason: values.reason.trim(), for: values.for });
        announce(`${data.release} is approved`);
        await read();
      },
    });
  }

  function attach(entry) {
    const { data } = entry;
    const text = h("textarea", { name: "report", rows: 8, required: true, spellcheck: "false", placeholder: "{ \"kind\": \"slo-impact-report\", … }" });
    const file = h("input", { type: "file", accept: ".json,application/json", on: { change: async () => { text.value = (await file.files[0]?.text()) ?? text.value; } } });
    confirm({
      title: `SLO impact report for ${data.release}`,
      text: "levee report --json writes one: what the change is expected to cost, reckoned from what is left.",
      fields: [field("File", file), field("Or its text", text)],
      button: "Attach",
      act: async (values) => {
        let report;
        try {
          report = JSON.parse(values.report);
        } catch (error) {
          throw new Error(`This is not JSON: ${error.message}.`);
        }
        await post("/api/v1/gate/reports", { slo: entry.slo ?? data.slo, release: data.release, report });
        announce("The report is attached");
        await read();
      },
    });
  }

  const stop = on("entry", (entry) => {
    if (entries && entry.kind?.startsWith("gate.") && !entries.some((one) => one.seq === entry.seq)) {
      entries = [entry, ...entries];
      draw();
    }
  });
  await read();
  return { close: stop };
}

function select(label, options, chosen, choose) {
  const element = h("select", { "aria-label": label, on: { change: () => choose(element.value) } }, options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
  return element;
}

function meter(data) {
  const { consumedPercent: used, limitPercent: limit } = data;
  const fill = h("i");
  const share = used === null || used === undefined ? 0 : limit > 0 ? Math.min(1, used / limit) : used > 0 ? 1 : 0;
  fill.style.setProperty("transform", `scaleX(${share})`);
  const unit = data.unit === "budget" ? "% of the budget" : "% of all events";
  return h("div", { class: "meter" }, h("span", { class: "track", "aria-hidden": "true", data: { over: String(used > limit) } }, fill),
    h("span", {}, used === null || used === undefined ? "nothing to measure" : limit > 0 ? `${precise(used)} of ${precise(limit)} ${unit}, ${millis(data.consumedMs)}` : `${precise(used)} ${unit}, ${millis(data.consumedMs)}; nothing new is allowed`));
}

function facts(data) {
  const rows = [
    ["Events of the release", count(data.total)], ["Bad", count(data.bad)], ["Degraded", count(data.degraded)], ["At least needed", count(data.minimumTotal)],
    ["Bad beyond the stable side", number(data.consumedEvents, 3)], ["Allowed", number(data.limitEvents, 3)], ["Stable side", `${count(data.stableBad)} bad of ${count(data.stableTotal)}`],
    ["Budget left then", millis(data.remainingMs)], ["Events in the window", count(data.windowTotal)],
  ].filter(([, value]) => value !== "–");
  return [
    h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    (data.notes ?? []).length > 0 ? h("ul", {}, data.notes.map((note) => h("li", {}, note))) : null,
    (data.traces ?? []).length > 0 ? [h("h3", {}, "Traces"), h("ul", { class: "trace" }, data.traces.map((trace) => h("li", {}, trace)))] : null,
  ];
}

function follow(entry) {
  const { data, actor } = entry;
  const what = {
    "gate.approval": () => [h("b", {}, `Approved by ${actor}`), `: ${data.reason ?? ""} `, data.until ? ["(until ", time(data.until), ")"] : ""],
    "gate.report": () => [h("b", {}, `Report attached by ${actor}`), data.report?.verdict ? `: ${data.report.verdict}` : ""],
    "gate.rollback": () => [h("b", {}, "Rolled back"), `: ${data.command ?? ""}, exit code ${data.exitCode ?? "?"}`],
  }[entry.kind];
  return [what ? what() : entry.kind, " ", h("span", { class: "soft" }, time(entry.at))];
}
