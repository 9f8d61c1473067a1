// The guard's stream, for as long as somebody looks.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** A tab in the background gives its connection back: browsers allow six to one server. */
const HIDDEN = 60_000;

const listeners = { slos: new Set(), entry: new Set(), state: new Set() };
let source = null;
let wait = FIRST_WAIT;
let timer = 0;
let hidden = 0;
let state = { name: "none", since: null };

function become(name, since = null) {
  if (state.name !== name) {
    state = { name, since };
    listeners.state.forEach((listener) => listener(state));
  }
}

function tell(kind, event) {
  let data;
  try {
    data = JSON.parse(event.data);
  } catch {
    return; // Half an event; the next one is whole.
  }
  listeners[kind].forEach((listener) => listener(data));
}

function open() {
  clearTimeout(timer);
  source?.close();
  source = new EventSource("/api/v1/stream");
  source.addEventListener("open", () => {
    const returned = state.name === "stale";
    wait = FIRST_WAIT;
    become("live");
    if (returned) {
      dispatchEvent(new Event("levee-returned"));
    }
  });
  source.addEventListener("slos", (event) => tell("slos", event));
  source.addEventListener("entry", (event) => tell("entry", event));
  source.addEventListener("error", () => {
    // The browser's own reconnect gives up on a status that is an error, so it is done here, and ever more slowly.
    source.close();
    become("stale", Date.now());
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  });
}

/** Starts listening, if it does not yet. */
export function connect() {
  if (!source) {
    open();
  }
}

/** Stops, as on the page that signs in. */
export function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = null;
  become("none");
}

/** Listens to `slos`, `entry` or `state`; answers how to stop. */
export function on(kind, listener) {
  listeners[kind].add(listener);
  if (kind === "state") {
    listener(state);
  }
  return () => listeners[kind].delete(listener);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(hidden);
  if (document.hidden) {
    hidden = setTimeout(() => {
      clearTimeout(timer);
      source?.close();
      if (source) {
        become("stale", Date.now());
      }
    }, HIDDEN);
  } else if (source && source.readyState === EventSource.CLOSED) {
    wait = FIRST_WAIT;
    open();
  }
});
