// What the guard does by itself when a budget burns, and how to take it back.

import { get, part, post } from "./api.js";
import { confirm, reason } from "./dialog.js";
import { announce, h, put } from "./dom.js";
import { on } from "./live.js";
import { empty, failure, heading, problemList, skeleton, sloLink, table, time } from "./pieces.js";
import { keep, query } from "./router.js";

const WORDS = { "action.fired": "Fired", "action.undone": "Undone", "action.expired": "Ran out", "action.dry": "Would have fired", "action.started": "Begun", "action.result": "Done", advice: "Advice" };
const TONE = { "action.fired": "ticket", "action.undone": "ok", "action.expired": "off", "action.dry": "few", "action.started": "few", "action.result": "ok", advice: "few" };
const STATES = { armed: ["ok", "Armed"], firing: ["ticket", "Firing"], cooling: ["few", "Cooling down"], off: ["off", "Off"] };

/** Draws the page. */
export async function show(main, { signal }) {
  let q = query().q ?? "";
  let answer = null;
  const search = h("input", { type: "search", id: "search", placeholder: "Rule, SLO or target", "aria-label": "Search actions", "aria-keyshortcuts": "/", value: q, on: { input: () => { q = search.value; keep({ q }); draw(); } } });
  const rules = h("div", {}, skeleton(2));
  const list = h("ol", { class: "cards", "aria-label": "What fired" }, skeleton(3));
  put(main, heading("Actions"), h("p", { class: "lead" }, "Rules that act by themselves when a budget burns. All of it is on the record, ends at its time, and can be undone."),
    h("section", { class: "panel", "aria-labelledby": "rules" }, h("h2", { id: "rules" }, "Rules"), rules),
    h("div", { class: "panel-head" }, h("h2", {}, "What fired"), h("div", { class: "toolbar" }, search)), list);

  async function read() {
    try {
      answer = await get("/api/v1/actions", {}, signal);
      draw();
    } catch (error) {
      if (error.name !== "AbortError") {
        put(rules);
        put(list, h("li", {}, failure(error, read)));
      }
    }
  }

  function draw() {
    if (!answer) {
      return;
    }
    put(rules, problemList(answer.problems, "actions.yaml"), answer.rules.length === 0 ? empty("There are no rules yet", "Write them into actions.yaml, beside the SLO documents; they hold within a second. Begin with a dry run.")
      : table("Rules", [
        { title: "Rule", cell: (row) => row.name },
        { title: "SLO", cell: (row) => sloLink(row.slo) },
        { title: "When", className: "long", cell: (row) => words(row.when) },
        { title: "Then", className: "long", cell: (row) => [words(row.then), row.dryRun ? [" ", h("span", { class: "tag" }, "dry run")] : null] },
        { title: "State", className: "w", cell: (row) => { const [tone, word] = STATES[row.state] ?? ["off", row.state]; return [h("span", { class: "pill", data: { status: tone } }, word), row.why ? h("div", { class: "soft why" }, row.why) : null]; } },
        { title: "Until", className: "w", cell: (row) => time(row.until) },
      ], answer.rules));
    const wanted = q.toLowerCase().split(/\s+/).filter(Boolean);
    const entries = answer.entries.filter(({ slo, data }) => wanted.every((word) => `${slo ?? ""} ${data.rule} ${data.target} ${data.reason}`.toLowerCase().includes(word))).sort((a, b) => b.seq - a.seq);
    const over = new Set(answer.entries.filter(({ kind }) => kind === "action.undone" || kind === "action.expired").map(({ data }) => data.id));
    put(list, entries.length === 0
      ? h("li", {}, answer.entries.length === 0 ? empty("Nothing has fired", "That is good news, or there are no rules.") : empty("Nothing is like that", "Take a part of a rule's name."))
      : entries.map((entry) => h("li", {}, card(entry, over))));
  }

  function card(entry, over) {
    const { data, kind } = entry;
    const active = kind === "action.fired" && !over.has(data.id) && (!data.until || Date.parse(data.until) > Date.now());
    const failed = kind === "action.result" && data.ok === false;
    const word = failed ? "Failed" : kind === "advice" && !data.text ? "Advice is over" : WORDS[kind] ?? kind;
    const came = kind === "action.result" ? [data.error, data.status ? `status ${data.status}` : null, data.exitCode === undefined ? null : `exit code ${data.exitCode}`, data.output].filter(Boolean).join(" · ") : null;
    return h("article", { class: "card", "aria-label": `${word}: ${data.rule}` },
      h("div", { class: "card-head" },
        h("span", { class: "pill", data: { status: failed ? "abort" : TONE[kind] ?? "off" } }, word), h("h3", {}, data.rule), entry.slo ? sloLink(entry.slo) : null,
        h("span", { class: "tag" }, [data.action, data.target === data.action ? null : data.target, data.phase === "undo" ? "undo" : null, data.value === null || data.value === undefined ? null : words(data.value)].filter(Boolean).join(" · ")),
        h("span", { class: "end" }, time(entry.at), entry.actor ? ` · ${entry.actor}` : "")),
      data.text ? h("p", {}, h("b", {}, data.text)) : null,
      data.reason || came ? h("p", {}, data.reason || came) : null,
      active ? h("div", { class: "card-head" }, h("button", { type: "button", on: { click: () => undo(entry) } }, "Undo …"), data.until ? h("span", { class: "soft" }, "Ends by itself ", time(data.until)) : null) : null);
  }

  function undo(entry) {
    const { data } = entry;
    confirm({
      title: `Undo ${data.rule}`,
      text: `${data.action} ${data.target ?? ""} goes back to what it was. The rule cools down before it may fire again.`,
      fields: [reason("Why it is taken back")],
      button: "Undo",
      danger: true,
      act: async (values) => {
        await post(`/api/v1/actions/${part(data.id)}/undo`, { reason: values.reason.trim() });
        announce(`${data.rule} is undone`);
        await read();
      },
    });
  }

  const stop = on("entry", (entry) => {
    if (entry.kind?.startsWith("action.")) {
      read(); // the rules' states have changed as well
    }
  });
  await read();
  return { close: stop };
}

/** A rule's part as words, whatever it came as. */
function words(value) {
  return value === null || value === undefined ? "–" : typeof value === "object" ? Object.entries(value).map(([name, of]) => `${name} ${typeof of === "object" ? JSON.stringify(of) : of}`).join(", ") : String(value);
}
