// The budget over time: what was left, what was excluded, what was released, and the incidents at their minute.

import { bars, plot, timeAxis, valueAxis } from "./bars.js";
import { colour, h, put } from "./dom.js";
import { brief, count, duration, millis, number, percent, plural, target } from "./format.js";
import { openBeside } from "./explain.js";
import { time } from "./pieces.js";

const SYNC = "levee-curve";
/** Marks closer than this are one mark, that lists what it stands for. */
const NEAR = 16;
const AXIS = 58;

/**
 * Draws the curve into `host`.
 *
 * @param host where
 * @param curve the API's answer
 * @param actions `pin(incident)` is called for a pin, `range(from, to)` for a range that was drawn with the pointer
 * @returns closes it, and tells it which incident is open
 */
export async function drawCurve(host, curve, actions) {
  const points = curve.points;
  const x = points.map((point) => Date.parse(point.t) / 1000);
  const left = points.map((point) => point.leftPercent ?? null);
  const tall = h("div", { class: "plot", data: { height: "tall" }, role: "img", "aria-label": described(curve) });
  const low = h("div", { class: "plot", data: { height: "low" }, "aria-hidden": "true" });
  const targets = h("div", { class: "targets" });
  const reading = h("p", { class: "reading" });
  const marks = h("div", { class: "marks" });
  put(host, reading, h("div", { class: "plot-with-marks plot", data: { height: "tall" } }, tall, marks), targets, low, legend());
  const last = points.length - 1;
  const read = (i) => put(reading, words(points[i ?? last]));
  read(null);

  const selected = (u) => {
    if (u.select.width > 8) {
      const from = u.posToVal(u.select.left, "x") * 1000;
      const to = u.posToVal(u.select.left + u.select.width, "x") * 1000;
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      actions.range(new Date(from), new Date(to));
    }
  };
  let open = null;
  let placed = "";
  const chart = await plot(
    tall,
    {
      cursor: { sync: { key: SYNC }, y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
      scales: { x: { time: true, range: [x[0], x[last]] }, y: { range: (u, least, most) => [Math.min(0, least ?? 0) - (least < 0 ? 6 : 0), Math.max(100, most ?? 100) + 4] } },
      axes: [timeAxis(), valueAxis((value) => `${number(value, 0)} %`, AXIS)],
      series: [{}, { stroke: twoTone, fill: shade, width: 2, points: { show: false }, spanGaps: false }],
      hooks: {
        drawClear: [(u) => drawBands(u, curve)],
        draw: [drawZero, (u) => mark(u)],
        setCursor: [(u) => read(u.cursor.idx)],
        setSelect: [selected],
      },
    },
    [x, left],
  );
  const steps = points.map((point) => ({ t: point.t, bad: point.stepBad, degraded: point.stepDegraded }));
  const events = await bars(low, steps, {
    before: true,
    axis: AXIS,
    times: false,
    more: {
      cursor: { sync: { key: SYNC }, y: false, drag: { x: true, y: false, setScale: false } },
      hooks: { setSelect: [selected] },
      padding: [6, 8, 0, 0],
      scales: { x: { time: true, range: [x[0], x[last]] }, y: { range: (u, least, most) => [0, Math.max(1, most ?? 1)] } },
    },
  });

  function mark(u) {
    const plotBox = u.over;
    const key = `${u.width} ${u.height} ${plotBox.clientWidth}`;
    if (key === placed) {
      return;
    }
    placed = key;
    const offset = { left: plotBox.offsetLeft, top: plotBox.offsetTop };
    const at = (value) => offset.left + u.valToPos(Math.min(x[last], Math.max(x[0], Date.parse(value) / 1000)), "x");
    put(
      marks,
      curve.exclusions.map((exclusion) => bandButton(exclusion, at, offset)),
      grouped(curve.releases, (release) => at(release.at)).map((group) => releaseButton(group, offset.top + plotBox.clientHeight)),
      curve.incidents.map((incident) => pinButton(incident, at(incident.peakAt), offset.top + u.valToPos(leftAt(x, left, Date.parse(incident.peakAt) / 1000), "y"))),
    );
    put(targets, targetLane(curve, at));
    show(open);
  }

  function pinButton(incident, px, py) {
    return h("button", {
      type: "button", class: "pin", "aria-expanded": "false",
      "aria-label": `Incident ${brief(incident.peakAt)}, ${count(incident.bad)} bad of ${count(incident.total)}, ${millis(incident.spentMs)} spent`,
      title: `${brief(incident.peakAt)}: ${count(incident.bad)} bad, ${millis(incident.spentMs)}`,
      data: { incident: incident.id }, style: { left: `${px}px`, top: `${py}px` },
      on: { click: () => actions.pin(incident) },
    });
  }

  function show(id) {
    open = id;
    for (const pin of marks.querySelectorAll(".pin")) {
      pin.setAttribute("aria-expanded", String(pin.dataset.incident === id));
    }
  }

  return {
    show,
    close() {
      chart.close();
      events.close();
    },
  };
}

function described(curve) {
  const known = curve.points.filter((point) => point.leftPercent !== null);
  if (known.length === 0) {
    return "Budget curve without data";
  }
  const least = known.reduce((a, b) => (b.leftPercent < a.leftPercent ? b : a));
  return `Budget left from ${brief(curve.from)} to ${brief(curve.to)}: from ${percent(known[0].leftPercent)} to ${percent(known[known.length - 1].leftPercent)}, `
    + `least ${percent(least.leftPercent)} on ${brief(least.t)}; ${plural(curve.incidents.length, "incident")}. The figures are in the table below.`;
}

function words(point) {
  const known = point.leftPercent !== null && point.leftPercent !== undefined;
  return [
    h("span", {}, time(point.t, brief)),
    h("span", {}, h("b", {}, known ? percent(point.leftPercent) : "No data"), known ? ` left, ${millis(point.leftMs)}` : ""),
    point.leftMsWithExcluded !== undefined && point.leftMsWithExcluded !== null && point.leftMsWithExcluded !== point.leftMs
      ? h("span", {}, `${millis(point.leftMsWithExcluded)} if nothing were excluded`) : null,
    h("span", {}, h("b", {}, count(point.stepBad)), ` bad, ${count(point.stepDegraded)} degraded of ${count(point.stepTotal)} in the step`),
    h("span", {}, `target ${target(point.targetPercent)}`),
  ];
}

function legend() {
  const entry = (name, text) => h("span", {}, h("i", { class: name }), text);
  return h("div", { class: "legend" },
    entry("l-left", "Budget left"), entry("l-pin", "Incident, at its worst minute"), entry("l-release", "Release"), entry("l-band", "Excluded"),
    entry("l-target", "Target"), entry("l-bad", "Bad events"), entry("l-degraded", "Degraded"), h("span", {}, "Draw over the curve to look closer"));
}

/** The accent above zero, red below. */
function twoTone(u) {
  return split(u, colour("curve"), colour("red"));
}

function shade(u) {
  return split(u, colour("accent-fill"), colour("red-ground"));
}

function split(u, above, below) {
  const { top, height } = u.bbox;
  const zero = (u.valToPos(0, "y", true) - top) / height;
  if (!Number.isFinite(zero) || height <= 0) {
    return above;
  }
  const gradient = u.ctx.createLinearGradient(0, top, 0, top + height);
  const cut = Math.min(1, Math.max(0, zero));
  gradient.addColorStop(0, above);
  gradient.addColorStop(cut, above);
  gradient.addColorStop(cut, below);
  gradient.addColorStop(1, below);
  return gradient;
}

function drawBands(u, curve) {
  const { ctx } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  ctx.clip();
  ctx.fillStyle = colour("band");
  for (const exclusion of curve.exclusions) {
    const from = u.valToPos(Date.parse(exclusion.from) / 1000, "x", true);
    const to = u.valToPos(Date.parse(exclusion.to) / 1000, "x", true);
    ctx.fillRect(from, u.bbox.top, Math.max(2, to - from), u.bbox.height);
  }
  ctx.restore();
}

function drawZero(u) {
  const y = Math.round(u.valToPos(0, "y", true));
  u.ctx.save();
  u.ctx.strokeStyle = colour("soft");
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.beginPath();
  u.ctx.moveTo(u.bbox.left, y);
  u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

/** Where the curve is at a time between two points. */
function leftAt(x, left, at) {
  let after = x.findIndex((value) => value >= at);
  if (after < 0) {
    after = x.length - 1;
  }
  const before = Math.max(0, after - 1);
  const a = left[before] ?? left[after] ?? 100;
  const b = left[after] ?? a;
  const span = x[after] - x[before];
  return span > 0 ? a + ((b - a) * (Math.min(Math.max(at, x[before]), x[after]) - x[before])) / span : b;
}

function grouped(things, at) {
  const groups = [];
  for (const thing of [...things].sort((a, b) => at(a) - at(b))) {
    const px = at(thing);
    const last = groups[groups.length - 1];
    if (last && px - last.px < NEAR) {
      last.things.push(thing);
    } else {
      groups.push({ px, things: [thing] });
    }
  }
  return groups;
}

function releaseButton({ px, things }, bottom) {
  const label = things.length === 1 ? `Release ${things[0].release}, ${brief(things[0].at)}` : `${things.length} releases from ${brief(things[0].at)}`;
  const button = h("button", {
    type: "button", class: "release", "aria-label": label, title: label, style: { left: `${px}px`, top: `${bottom - 12}px` },
    on: { click: () => openBeside(button, things.length === 1 ? "Release" : "Releases", h("ul", {}, things.map((release) =>
      h("li", {}, h("b", {}, release.release), ` ${release.event ?? "deploy"} to ${release.environment ?? "?"}, `, time(release.at))))) },
  });
  return button;
}

function bandButton(exclusion, at, offset) {
  const from = at(exclusion.from);
  const width = Math.max(10, at(exclusion.to) - from);
  const label = `Excluded: ${exclusion.name}, ${brief(exclusion.from)} to ${brief(exclusion.to)}`;
  const button = h("button", {
    type: "button", class: "band", "aria-label": label, title: label,
    style: { left: `${from}px`, width: `${width}px`, top: `${offset.top}px` },
    on: { click: () => openBeside(button, "Excluded", h("p", {}, h("b", {}, exclusion.name)), h("p", {}, time(exclusion.from), " to ", time(exclusion.to), `, ${duration(Date.parse(exclusion.to) - Date.parse(exclusion.from))}`),
      h("p", {}, exclusion.reason || "No reason is given."), h("p", { class: "soft" }, exclusion.author ? `By ${exclusion.author}` : "No author is given.")) },
  }, width > 74 ? exclusion.name : "");
  return button;
}

/** The target as a line that steps where it was changed; each step says who changed it, and why. */
function targetLane(curve, at) {
  const runs = [];
  for (const point of curve.points) {
    const last = runs[runs.length - 1];
    if (!last || last.target !== point.targetPercent) {
      runs.push({ from: point.t, target: point.targetPercent });
    }
  }
  const end = at(curve.to);
  const start = at(curve.from);
  return runs.map((run, i) => {
    const px = i === 0 ? start : at(run.from);
    const width = (i + 1 < runs.length ? at(runs[i + 1].from) : end) - px;
    const style = { left: `${px}px`, width: `${Math.max(2, width)}px` };
    if (i === 0) {
      return h("span", { style }, `Target ${target(run.target)}`);
    }
    const change = curve.targets.reduce((best, one) =>
      !best || Math.abs(Date.parse(one.at) - Date.parse(run.from)) < Math.abs(Date.parse(best.at) - Date.parse(run.from)) ? one : best, null);
    const button = h("button", {
      type: "button", style, "aria-label": `Target ${target(run.target)} from ${brief(change?.at ?? run.from)}; why`,
      on: { click: () => openBeside(button, "Target changed", h("p", {}, time(change?.at ?? run.from)), h("p", {}, `${target(runs[i - 1].target)} became ${target(run.target)}.`),
        h("p", {}, change?.reason || "No reason is given."), h("p", { class: "soft" }, change?.author ? `By ${change.author}` : "No author is given."), h("p", { class: "soft" }, "A change never rewrites the curve before it.")) },
    }, target(run.target));
    return button;
  });
}
