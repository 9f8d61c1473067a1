// The monthly review: trends, what the budget went for, tickets beside it, and votes on targets.

import { get, part, post } from "./api.js";
import { lines } from "./bars.js";
import { confirm, field, reason } from "./dialog.js";
import { announce, h, put } from "./dom.js";
import { told } from "./explain.js";
import { brief, count, millis, number, ofPercent, percent, plural, share, target } from "./format.js";
import { dataTable, empty, failure, heading, shortTime, skeleton, sloLink, table } from "./pieces.js";
import { keep, query } from "./router.js";

const ROLES = { product: "Product", development: "Development", sre: "SRE", support: "Customer service", operations: "Operations" };
const NEEDED = 4;

/** Draws the page. */
export async function show(main, { signal }) {
  let month = /^\d{4}-\d{2}$/.test(query().month ?? "") ? query().month : new Date().toISOString().slice(0, 7);
  let charts = [];
  const picker = h("input", { type: "month", value: month, "aria-label": "Month", on: { change: () => { if (picker.value) { month = picker.value; keep({ month }); read(); } } } });
  const minutes = h("a", { class: "button" }, "Minutes");
  const body = h("div", { class: "cards" }, skeleton(4));
  put(main, heading("Review"), h("p", { class: "lead" }, "Are the targets right? Five roles vote; four of them change one from the next period on."),
    h("div", { class: "toolbar" }, h("div", {}, picker), minutes), body);

  async function read() {
    charts.forEach((chart) => chart.close());
    charts = [];
    minutes.href = `/api/v1/review/${part(month)}/minutes`;
    minutes.setAttribute("download", `review-${month}.md`);
    try {
      const review = await get(`/api/v1/review/${part(month)}`, {}, signal);
      const slos = review.slos ?? [];
      put(body, slos.length === 0 ? empty("There is nothing to review in this month", "No SLO has a figure in it. Take another month.") : slos.map(section), features(review.features ?? []));
      await drawTrends(slos);
    } catch (error) {
      if (error.name !== "AbortError") {
        put(body, failure(error, read));
      }
    }
  }

  async function drawTrends(slos) {
    for (const slo of slos) {
      const host = body.querySelector(`[data-trend="${CSS.escape(slo.slo)}"]`);
      const long = slo.trend28d ?? [];
      if (host && long.length > 1) {
        const byTime = new Map((slo.trend7d ?? []).map((point) => [Date.parse(point.t), point.goodPercent]));
        const times = [...new Set([...long.map((point) => Date.parse(point.t)), ...byTime.keys()])].sort((a, b) => a - b);
        const byTime28 = new Map(long.map((point) => [Date.parse(point.t), point.goodPercent]));
        charts.push(await lines(host, times.map((at) => at / 1000), [
          { name: "amber", values: times.map((at) => byTime.get(at) ?? null) },
          { name: "curve", values: times.map((at) => byTime28.get(at) ?? null) },
          { name: "soft", dash: [5, 5], values: times.map(() => share(slo.target)) },
        ], (value) => `${number(value, 3)} %`));
      }
    }
  }

  function section(slo) {
    const tickets = slo.tickets ?? {};
    return h("section", { class: "panel stack", "aria-label": slo.slo },
      h("div", { class: "panel-head" }, h("h2", {}, sloLink(slo.slo), h("span", { class: "beside" }, `target ${target(share(slo.target))}`)), h("button", { type: "button", on: { click: () => propose(slo) } }, "Propose a target …")),
      slo.reason ? h("p", { class: "soft" }, `${slo.reason}.`) : ofMonth(slo),
      h("div", { class: "split" },
        h("div", { class: "sheet" }, h("h3", {}, "Good events, trailing 7 and 28 days"),
          (slo.trend28d ?? []).length > 1
            ? [h("div", { class: "plot", data: { height: "mid", trend: slo.slo }, role: "img", "aria-label": trendWords(slo) }),
              h("div", { class: "legend" }, h("span", {}, h("i", { class: "l-week" }), "7 days"), h("span", {}, h("i", { class: "l-left" }), "28 days"), h("span", {}, h("i", { class: "l-target" }), "Target")),
              dataTable("The trend as a table", () => trendTable(slo))]
            : h("p", { class: "soft" }, "Too few days have events for a trend.")),
        h("div", { class: "sheet" }, h("h3", {}, "What the budget went for"), causes(slo.slo, slo.spentByCause ?? []))),
      h("div", { class: "sheet" }, h("h3", {}, `Customer tickets${tickets.total ? `: ${count(tickets.total)}` : ""}`), clusters(slo.slo, tickets), tickets.hint ? h("p", {}, h("b", {}, tickets.hint)) : null),
      (slo.proposals ?? []).map((proposal) => proposalCard(slo, proposal)));
  }

  function proposalCard(slo, proposal) {
    const votes = proposal.votes ?? [];
    const yes = votes.filter((vote) => vote.vote === "yes").length;
    return h("article", { class: "card", "aria-label": `Proposal for ${slo.slo}` },
      h("div", { class: "card-head" },
        h("span", { class: "pill", data: { status: proposal.result === "accepted" ? "ok" : proposal.result === "declined" ? "off" : "few" } }, proposal.result === "accepted" ? "Accepted" : proposal.result === "declined" ? "Declined" : `${yes} of ${NEEDED} needed`),
        h("h3", {}, `${target(share(proposal.from))} → ${target(share(proposal.to))}`), h("span", { class: "end" }, `proposed by ${proposal.by}`, proposal.closes ? [", for the time from ", shortTime(proposal.closes), " on"] : null)),
      h("p", {}, proposal.reason),
      h("ul", { class: "ballot", "aria-label": "Votes" }, Object.entries(ROLES).map(([role, word]) => {
        const vote = votes.find((one) => one.role === role);
        return h("li", { data: { vote: vote?.vote ?? "none" } }, h("b", {}, `${word}: ${vote ? vote.vote : "not yet"}`), vote ? h("span", {}, vote.reason) : null, vote ? h("span", { class: "soft" }, vote.by, " ", shortTime(vote.at)) : null);
      })),
      proposal.diff ? h("details", { class: "data" }, h("summary", {}, "What would change in the document"), h("pre", { tabindex: "0" }, proposal.diff)) : null,
      !proposal.result ? h("div", { class: "buttons" }, h("button", { type: "button", class: "primary", on: { click: () => vote(slo, proposal, votes) } }, "Vote …")) : null);
  }

  function vote(slo, proposal, votes) {
    const said = (role) => votes.find((one) => one.role === role)?.vote;
    const radio = (value, text) => h("label", {}, h("input", { type: "radio", name: "vote", value, required: true }), text);
    confirm({
      title: `Vote on ${slo.slo}`,
      text: `${target(share(proposal.from))} → ${target(share(proposal.to))}. A role votes once; whoever voted for it may change the vote until the result.`,
      fields: [field("For the role", h("select", { name: "role" }, Object.entries(ROLES).sort(([a], [b]) => Boolean(said(a)) - Boolean(said(b))).map(([role, word]) => h("option", { value: role }, said(role) ? `${word} (${said(role)} so far)` : word)))), h("fieldset", { class: "field" }, h("legend", {}, "Vote"), radio("yes", "Yes"), radio("no", "No")), reason("What speaks for it or against it")],
      button: "Vote",
      act: async (values) => {
        await post(`/api/v1/review/proposals/${part(proposal.id)}/votes`, { role: values.role, vote: values.vote, reason: values.reason.trim() });
        announce("The vote is counted");
        await read();
      },
    });
  }

  function propose(slo) {
    confirm({
      title: `Propose a target for ${slo.slo}`,
      text: `It is ${target(share(slo.target))} now.`,
      fields: [field("New target in percent", h("input", { name: "target", type: "number", step: "any", min: "0", max: "100", required: true, inputmode: "decimal" })), reason("What the figures and the tickets say")],
      button: "Propose",
      act: async (values) => {
        await post(`/api/v1/review/${part(month)}/proposals`, { slo: slo.slo, to: ofPercent(values.target), reason: values.reason.trim() });
        announce("The proposal is up for a vote");
        await read();
      },
    });
  }

  await read();
  return { close: () => charts.forEach((chart) => chart.close()) };
}

function trendWords(slo) {
  const last = slo.trend28d[slo.trend28d.length - 1];
  return `Good events over 28 days ended at ${percent(last.goodPercent, 4)}, target ${target(share(slo.target))}. The table below has all days.`;
}

function trendTable(slo) {
  const week = new Map((slo.trend7d ?? []).map((point) => [Date.parse(point.t), point]));
  return table("Trend", [
    { title: "Day", className: "w", cell: (row) => shortTime(row.t) },
    { title: "7 days", className: "n", cell: (row) => percent(week.get(Date.parse(row.t))?.goodPercent, 4) },
    { title: "28 days", className: "n", cell: (row) => percent(row.goodPercent, 4) },
    { title: "Spent, 28 days", className: "n", cell: (row) => millis(row.spentMs) },
  ], slo.trend28d);
}

/** What the month came to. */
function ofMonth(slo) {
  const figure = (name, value, note) => h("div", {}, h("dt", {}, name), h("dd", {}, value), h("dd", { class: "note" }, note));
  return h("dl", { class: "figures" },
    figure("Good in the month", told(percent(slo.goodPercent, 4), "Good events of the month", { lines: () => [
      `Of ${count(slo.total)} events of the month, excluded times left out: the ratio of their sums, never a mean of days.`,
      `The target is ${target(share(slo.target))}.`] }), `of ${count(slo.total)} events`),
    figure("Spent in the month", told(millis(slo.spentMs), "What the month spent", { lines: () => [
      "The share of the month's events that failed, times the length of the month without what is excluded. The causes below add up to it."] }), "of the month's own length"),
    figure("Left at its end", told(percent(slo.leftPercent), "Budget left at the end of the month", { lines: () => [
      `Of the objective's own window (${slo.window ?? "28d"}) that ends with the month, or now while the month goes on: ${millis(slo.leftMs)}.`,
      h("p", {}, sloLink(slo.slo, "Its curve"))] }), millis(slo.leftMs)));
}

/** The guard names an incident by its instant in UTC; people read it in their own zone, and go there. */
function causeName(slo, cause) {
  const words = String(cause.cause).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => (Number.isNaN(Date.parse(at)) ? at : brief(at)));
  const [incident] = cause.incidents ?? [];
  return incident
    ? h("a", { href: incidentAddress(slo, incident) }, words)
    : h("span", {}, words);
}

function causeTitle(cause) {
  return `What ${String(cause.cause).slice(0, 80)} spent`;
}

function incidentAddress(slo, id) {
  return `/slo/${part(slo)}/incident/${part(id)}`;
}

/** An incident's id ends with the minute of its beginning. */
function incidentLinks(slo, ids) {
  return (ids ?? []).length === 0 ? null : h("ul", {}, ids.map((id) => {
    const at = Number(/-(\d+)$/.exec(id)?.[1]) * 60_000;
    return h("li", {}, h("a", { href: incidentAddress(slo, id) }, "Incident of ", at > 0 ? brief(at) : id));
  }));
}

function causes(slo, list) {
  if (list.length === 0) {
    return h("p", { class: "soft" }, "Nothing was spent.");
  }
  const most = Math.max(...list.map((cause) => cause.spentMs), 1);
  return h("div", { class: "causes" }, list.map((cause) => {
    const fill = h("i");
    fill.style.setProperty("transform", `scaleX(${Math.max(0, cause.spentMs / most)})`);
    return h("div", {}, causeName(slo, cause), h("span", { class: "budget-bar", "aria-hidden": "true", data: { level: "fine" } }, fill), told(millis(cause.spentMs), causeTitle(cause), {
      lines: () => [
        cause.because ? `Why it is the cause: ${cause.because}.` : null,
        cause.spentEvents === undefined ? null : `It cost ${number(cause.spentEvents, 3)} events, ${percent(cause.sharePercent)} of what the month spent. Each minute has one cause, so the causes add up.`,
        incidentLinks(slo, cause.incidents),
      ],
    }));
  }));
}

function clusters(slo, tickets) {
  const list = tickets.clusters ?? [];
  return list.length === 0
    ? h("p", { class: "soft" }, tickets.total ? "No two of them are about the same." : ["None were imported for this month. ", h("code", {}, "levee review import-tickets tickets.csv"), " brings them in."])
    : table("Clusters of tickets", [
      { title: "About", cell: (row) => row.label },
      { title: "Tickets", className: "n", cell: (row) => count(row.count) },
      { title: "In or after incidents", className: "n", cell: (row) => ((row.incidents ?? []).length === 0 ? count(row.ticketsInIncidents)
        : told(count(row.ticketsInIncidents), "Tickets in or after incidents", {
          lines: () => [`${count(row.ticketsInIncidents)} of these ${count(row.count)} came while budget was being spent, or up to two hours later.`, incidentLinks(slo, row.incidents)],
        })) },
      { title: "For example", className: "long", cell: (row) => [...new Set((row.sample ?? []).map((one) => (typeof one === "string" ? one : one.text ?? one.subject ?? JSON.stringify(one))))].slice(0, 2).map((one) => h("div", {}, one)) },
    ], list);
}

function features(list) {
  return list.length === 0 ? null : h("section", { class: "panel" }, h("h2", {}, `Proposed features: ${plural(list.length, "report")}`), table("Features", [
    { title: "Release", cell: (row) => row.release ?? "–" },
    { title: "SLO", cell: (row) => sloLink(row.slo) },
    { title: "Verdict", cell: (row) => row.verdict },
    { title: "Would cost", className: "n", cell: (row) => (row.report?.extraPercentOfBudget === undefined ? "–" : `${percent(row.report.extraPercentOfBudget)} of the budget`) },
    { title: "What", className: "long", cell: (row) => row.report?.description ?? "–" },
  ], list));
}
