// How figures and times are written. One place, so that a figure looks the same on every page.

const NBSP = "\u00a0";
const NONE = "–";
const plain = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function minus(text) {
  return text.replace("-", "−");
}

/** A count: 10,000,000. */
export function count(value) {
  return value === null || value === undefined ? NONE : minus(plain.format(value));
}

/** A figure with at most so many decimals, none of them an empty zero. */
export function number(value, places = 2) {
  return value === null || value === undefined
    ? NONE
    : minus(new Intl.NumberFormat("en-GB", { maximumFractionDigits: places }).format(value));
}

/** A small figure beside another one: three digits that say something, so that 0.00004 does not read as nothing. */
export function precise(value) {
  return value === null || value === undefined
    ? NONE
    : minus(new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 }).format(value));
}

/** Percent: what is left is rounded down, so that 99.996 never reads as full. */
export function percent(value, places = 2) {
  if (value === null || value === undefined) {
    return NONE;
  }
  const scale = 10 ** places;
  const rounded = Number.isInteger(value) ? value : Math.floor(value * scale + 1e-9) / scale;
  return `${number(rounded, places)}${NBSP}%`;
}

/** A share as the documents have it ("0.9995") in percent, by moving the point in its text: 99.95, never 99.94999. */
export function share(text) {
  return shifted(text, 2);
}

/** Percent as a person writes it ("99.95") as the share that the documents have: "0.9995". */
export function ofPercent(text) {
  return String(shifted(text, -2));
}

/** A number that never ends comes as a fraction, such as 14/15. */
function shifted(text, by) {
  const [over, under] = String(text).trim().split("/");
  return under === undefined ? Number(`${over}e${by}`) : (Number(over) / Number(under)) * 10 ** by;
}

/** Percent of a target: as exact as it was given. */
export function target(value) {
  return value === null || value === undefined ? NONE : `${number(value, 8)}${NBSP}%`;
}

/** Milliseconds as they are counted: 777,293 ms. */
export function millis(ms) {
  return ms === null || ms === undefined ? NONE : `${number(Math.trunc(ms), 0)}${NBSP}ms`;
}

/** The same for people: 12 min 57.2 s. At most two units. */
export function duration(ms) {
  if (ms === null || ms === undefined) {
    return NONE;
  }
  const sign = ms < 0 ? "−" : "";
  const of = Math.abs(ms);
  if (of < 1000) {
    return `${sign}${number(of, 0)}${NBSP}ms`;
  }
  if (of < 60_000) {
    return `${sign}${number(Math.trunc(of / 100) / 10, 1)}${NBSP}s`;
  }
  const two = (big, bigUnit, small, smallUnit) =>
    `${sign}${number(big, 0)}${NBSP}${bigUnit}${small > 0 ? ` ${number(small, 0)}${NBSP}${smallUnit}` : ""}`;
  if (of < HOUR) {
    return two(Math.trunc(of / 60_000), "min", Math.trunc((of % 60_000) / 1000), "s");
  }
  if (of < DAY) {
    return two(Math.trunc(of / HOUR), "h", Math.trunc((of % HOUR) / 60_000), "min");
  }
  return two(Math.trunc(of / DAY), "d", Math.trunc((of % DAY) / HOUR), "h");
}

/** A burn rate: 1× spends exactly the budget in the window. */
export function burn(rate) {
  if (rate === null || rate === undefined) {
    return NONE;
  }
  const places = rate >= 100 ? 0 : rate >= 10 ? 1 : 2;
  return `${number(rate, places)}×`;
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minuteFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const fullFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});

/** The instant as a number, whatever it came as. */
export function instant(value) {
  return typeof value === "number" ? value : Date.parse(value);
}

/** 02:18:40 in the viewer's zone. */
export function clock(value) {
  return clockFormat.format(instant(value));
}

/** 02:18 in the viewer's zone. */
export function minute(value) {
  return minuteFormat.format(instant(value));
}

/** 26 Nov in the viewer's zone. */
export function day(value) {
  return dayFormat.format(instant(value));
}

/** 26 Nov 2026, 02:18 in the viewer's zone. */
export function moment(value) {
  return value === null || value === undefined ? NONE : fullFormat.format(instant(value));
}

/** 26 Nov 02:18, without a year, where the range says which. */
export function brief(value) {
  return `${day(value)} ${minute(value)}`;
}

/** The same instant in UTC, for a title: whoever compares notes with another zone needs it. */
export function utc(value) {
  return `${new Date(instant(value)).toISOString().replace("T", " ").replace(/\.\d+Z$/, "")} UTC (shown in ${zone})`;
}

/** 3 min ago. */
export function ago(value, now = Date.now()) {
  const ms = now - instant(value);
  return ms < 1000 ? "now" : `${duration(ms).split(" ")[0]} ago`;
}

/** One or many: plural(2, "event") is "2 events". */
export function plural(n, word) {
  return `${count(n)} ${word}${n === 1 ? "" : "s"}`;
}
