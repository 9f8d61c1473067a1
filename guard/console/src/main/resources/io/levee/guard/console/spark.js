// Small curves of the rows that can be seen, fetched a few at a time.

import { get, part } from "./api.js";
import { svg, put } from "./dom.js";

const POINTS = 57; // two a day over 4 weeks, and both ends
const AT_ONCE = 3;
/** Milliseconds until a curve that could not be had is asked for again. */
const AGAIN = 5000;
const WIDTH = 112;
const HEIGHT = 30;

/** Draws what is left over time; the line at 0 is where the budget ends. */
export function spark(points) {
  const known = points.filter((point) => point.leftPercent !== null && point.leftPercent !== undefined);
  if (known.length < 2) {
    return svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  }
  const low = Math.min(0, ...known.map((point) => point.leftPercent));
  const x = (i) => (i / (points.length - 1)) * WIDTH;
  const y = (left) => 2 + (1 - (left - low) / (100 - low)) * (HEIGHT - 4);
  let line = "";
  let pen = "M";
  points.forEach((point, i) => {
    if (point.leftPercent === null || point.leftPercent === undefined) {
      pen = "M";
    } else {
      line += `${pen}${x(i).toFixed(1)} ${y(point.leftPercent).toFixed(1)}`;
      pen = "L";
    }
  });
  const over = known[known.length - 1].leftPercent <= 0;
  return svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", "data-level": over ? "over" : "fine" },
    svg("path", { class: "zero", d: `M0 ${y(0).toFixed(1)}H${WIDTH}` }),
    svg("path", { class: "line", d: line }),
  );
}

/** Watches cells and fills each when it is first seen. `close()` ends it. */
export function sparks() {
  const drawn = new Map();
  const waiting = [];
  let running = 0;
  const abort = new AbortController();
  const again = new Set();

  const next = () => {
    while (running < AT_ONCE && waiting.length > 0) {
      const { name, cell } = waiting.shift();
      if (!cell.isConnected) {
        // Out of the list for now, as while it is sorted anew: it is asked for when it is seen again.
        seen.observe(cell);
        continue;
      }
      running++;
      get(`/api/v1/slos/${part(name)}/curve`, { points: POINTS, parts: "points" }, abort.signal)
        .then((curve) => {
          drawn.set(name, curve.points ?? []);
          put(cell, spark(curve.points ?? []));
        })
        .catch((failure) => {
          // A row says everything in figures too, so a curve that failed is not worth a word; it is asked for again.
          if (failure.name !== "AbortError") {
            again.add(setTimeout(() => seen.observe(cell), AGAIN));
          }
        })
        .finally(() => {
          running--;
          next();
        });
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        waiting.push({ name: entry.target.dataset.slo, cell: entry.target });
      }
    }
    next();
  });
  return {
    fill(cell, name) {
      cell.dataset.slo = name;
      if (drawn.has(name)) {
        put(cell, spark(drawn.get(name)));
      } else {
        seen.observe(cell);
      }
    },
    close() {
      abort.abort();
      seen.disconnect();
      again.forEach(clearTimeout);
    },
  };
}
