// Pieces that several pages are put together from.

import { h, put } from "./dom.js";
import { brief, moment, plural, utc } from "./format.js";
import { status } from "./slos.js";

/** A page's heading, which takes the focus when the page is shown, and the title of the window. */
export function heading(text, ...beside) {
  document.title = `${text} · Levee Guard`;
  return h("div", { class: "heading" }, h("h1", { tabindex: "-1" }, text), beside);
}

/** The status as a shape and a word; never by colour alone. */
export function pill(slo) {
  const { key, word } = status(slo);
  return h("span", { class: "pill", data: { status: key } }, word);
}

/** A time in the viewer's zone, with UTC on hover. */
export function time(value, write = moment) {
  return value === null || value === undefined
    ? h("span", {}, "–")
    : h("time", { datetime: new Date(value).toISOString(), title: utc(value) }, write(value));
}

/** The same, short. */
export function shortTime(value) {
  return time(value, brief);
}

/** The remaining budget as a bar; what is overdrawn grows red from the left. */
export function bar(leftPercent) {
  const fillOf = h("i");
  const element = h("span", { class: "budget-bar", "aria-hidden": "true" }, fillOf);
  element.show = (percent) => {
    const known = percent !== null && percent !== undefined;
    const share = known ? Math.min(100, Math.abs(percent)) : 0;
    fillOf.style.setProperty("transform", `scaleX(${share / 100})`);
    element.dataset.level = !known ? "none" : percent <= 0 ? "over" : percent < 20 ? "low" : "fine";
  };
  element.show(leftPercent);
  return element;
}

/** Words where there is nothing to show. */
export function empty(title, ...text) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", {}, text));
}

/** What went wrong, with a way on. */
export function failure(error, again) {
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", {}, error.message),
    again ? h("button", { type: "button", on: { click: again } }, "Try again") : null,
  );
}

/** What is wrong with the guard's files, each with its place; null if nothing is. */
export function problemList(problems, where) {
  return (problems ?? []).length === 0 ? null : h(
    "div",
    { class: "failure" },
    h("p", {}, `${plural(problems.length, "problem")} in ${where}; what held before still holds.`),
    h("ul", {}, problems.map((problem) =>
      h("li", {}, h("code", {}, `${problem.file}:${problem.line}:${problem.column}`), ` ${problem.field ? `${problem.field}: ` : ""}${problem.message}`))),
  );
}

/** Shows grey bars of about the size of what will come, so that nothing jumps when it does. */
export function skeleton(rows, className = "skeleton") {
  return h(
    "div",
    { class: className, "aria-hidden": "true" },
    Array.from({ length: rows }, () => h("span")),
  );
}

/**
 * A table. `columns` are `{ title, className, cell }`; the first cell of a row heads it. On a phone each row is a small card
 * of names and values, so the roles are said: a browser forgets them with the layout.
 */
export function table(caption, columns, rows) {
  const cell = (row, column, first) => {
    const content = column.cell(row);
    return h(first ? "th" : "td", { scope: first ? "row" : null, role: first ? "rowheader" : "cell", class: column.className, "data-title": column.title }, content);
  };
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": `${caption}, can be scrolled` },
    h(
      "table",
      { class: "plain", role: "table" },
      h("caption", { class: "sr" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) => h("th", { scope: "col", role: "columnheader", class: column.className }, column.title)))),
      h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { role: "row" }, columns.map((column, i) => cell(row, column, i === 0))))),
    ),
  );
}

/** The same figures as a chart, for who cannot see it; made when it is opened. */
export function dataTable(title, make) {
  const inside = h("div");
  const details = h(
    "details",
    {
      class: "data",
      on: {
        toggle: () => {
          if (details.open) {
            put(inside, make());
          }
        },
      },
    },
    h("summary", {}, title),
    inside,
  );
  return details;
}

/** Which of a list is chosen: a row of buttons of which one is pressed. */
export function choice(label, options, chosen, choose) {
  const buttons = options.map(({ value, text }) =>
    h("button", { type: "button", "aria-pressed": String(value === chosen), data: { value }, on: { click: () => choose(value) } }, text),
  );
  const group = h("div", { class: "choice", role: "group", "aria-label": label }, buttons);
  group.choose = (value) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.value === value)));
  return group;
}

/** A link into the curve of an SLO. */
export function sloLink(name, text = name) {
  return h("a", { href: `/slo/${encodeURIComponent(name)}` }, text);
}
