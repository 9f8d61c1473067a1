// Addresses and pages. What a reader has set (filters, ranges) stands in the query, so that a link shows the same.

const pages = [];
let current = null;
let generation = 0;

/** Adds a page: `pattern` with {names}, `show(main, context)` draws it. */
export function page(name, pattern, show) {
  const names = [];
  const expression = pattern.replace(/\{(\w+)\}/g, (_, part) => {
    names.push(part);
    return "([^/]+)";
  });
  pages.push({ name, expression: new RegExp(`^${expression}/?$`), names, show });
}

/** The query of the address as an object. */
export function query() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** An address with a query; what is null or empty is left away. */
export function address(path, values = {}) {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(kept).toString();
  return text ? `${path}?${text}` : path;
}

/** Changes the query in place: no new page, no step for the back button. */
export function keep(changes) {
  history.replaceState(history.state, "", address(location.pathname, { ...query(), ...changes }));
}

/** Goes to an address of the console. `quiet` stays where the reader is on the page. */
export function go(to, { replace = false, quiet = false } = {}) {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
  history[replace ? "replaceState" : "pushState"]({}, "", to);
  return render({ quiet });
}

/** Draws what the address says. */
export async function render({ quiet = false, scroll = 0 } = {}) {
  const found = pages
    .map((candidate) => ({ candidate, match: candidate.expression.exec(location.pathname) }))
    .find(({ match }) => match);
  const main = document.getElementById("main");
  const parts = {};
  found?.candidate.names.forEach((name, i) => {
    try {
      parts[name] = decodeURIComponent(found.match[i + 1]);
    } catch {
      parts[name] = found.match[i + 1];
    }
  });
  if (current?.page?.show === found?.candidate.show && current?.shown?.turn?.(parts)) {
    return; // The page has turned to another part of itself, as from one incident to the next.
  }
  const mine = ++generation;
  current?.abort.abort();
  current?.shown?.close?.();
  const abort = new AbortController();
  current = { page: found?.candidate, abort, shown: null };
  for (const link of document.querySelectorAll("nav.pages a")) {
    const here = link.dataset.page === (found?.candidate.name === "slo" ? "overview" : found?.candidate.name);
    link.toggleAttribute("aria-current", here);
    if (here) {
      link.setAttribute("aria-current", "page");
    }
  }
  const shown = await (found?.candidate ?? lost).show(main, { parts, signal: abort.signal });
  if (mine !== generation) {
    shown?.close?.();
    return;
  }
  current.shown = shown;
  if (!quiet && !shown?.placed) {
    scrollTo(0, scroll);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
}

let lost = { show: () => {} };

/** What is shown for an address that nothing answers to. */
export function notFound(show) {
  lost = { name: "lost", show };
}

/** Takes over links and the back button. */
export function start() {
  history.scrollRestoration = "manual";
  addEventListener("popstate", (event) => render({ scroll: event.state?.scroll ?? 0 }));
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const plainClick = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plainClick || event.defaultPrevented || link.target || link.origin !== location.origin) {
      return;
    }
    if (link.pathname.startsWith("/api/") || link.hasAttribute("download")) {
      return;
    }
    if (link.hash && link.pathname === location.pathname) {
      event.preventDefault();
      document.querySelector(link.hash)?.focus();
      return;
    }
    event.preventDefault();
    go(link.pathname + link.search);
  });
  return render();
}
