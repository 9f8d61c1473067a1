// Begins here: pages, keys, theme, the stream's state.

import * as actions from "./actions.js";
import { get, post } from "./api.js";
import { dialog } from "./dialog.js";
import { h, put, say } from "./dom.js";
import { openBeside } from "./explain.js";
import { clock } from "./format.js";
import * as gate from "./gate.js";
import * as heatmap from "./heatmap.js";
import { connect, on } from "./live.js";
import * as login from "./login.js";
import * as overview from "./overview.js";
import { empty, heading } from "./pieces.js";
import * as review from "./review.js";
import { go, notFound, page, start } from "./router.js";
import * as slo from "./slo.js";

/** Only who has signed in, or needs not to, sees a page: others are sent to sign in and come back. */
function guarded(show) {
  return async (main, context) => {
    connect();
    return show(main, context);
  };
}

page("overview", "/", overview.show); // listens once its first rows are there: the stream begins with all of them again
const ofSlo = guarded(slo.show);
page("slo", "/slo/{name}", ofSlo);
page("slo", "/slo/{name}/incident/{id}", ofSlo);
page("heatmap", "/heatmap", guarded(heatmap.show));
page("gate", "/gate", guarded(gate.show));
page("actions", "/actions", guarded(actions.show));
page("review", "/review", guarded(review.show));
page("login", "/login", login.show);
notFound((main) => {
  put(main, heading("There is no such page"), empty("Nothing is here", h("a", { href: "/" }, "To the overview")));
});

addEventListener("levee-signed-out", () => {
  if (location.pathname !== "/login") {
    go(`/login?next=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
  }
});

const link = document.getElementById("link");
on("state", ({ name, since }) => {
  link.dataset.state = name;
  say(document.getElementById("link-text"), name === "live" ? "Live" : name === "stale" ? `Stale since ${clock(since)}` : "");
  link.title = name === "stale" ? "The guard's stream has broken off; the figures are from before. The console keeps trying." : "";
  if (name === "stale") {
    // A stream cannot say why it was refused; a plain request can, and a 401 leads to the page that signs in.
    get("/api/v1/ledger", { most: 1 }).catch(() => {});
  }
});

const themes = ["system", "light", "dark"];
const themeButton = document.getElementById("theme");
function named() {
  const kept = leveeTheme.kept();
  themeButton.setAttribute("aria-label", `Theme: ${kept === "system" ? "as the system" : kept}`);
  themeButton.title = themeButton.getAttribute("aria-label");
}
function nextTheme() {
  leveeTheme.keep(themes[(themes.indexOf(leveeTheme.kept()) + 1) % themes.length]);
  named();
}
themeButton.addEventListener("click", nextTheme);
named();

const account = document.getElementById("account");
async function whoAmI() {
  const who = await get("/api/v1/whoami").catch(() => null);
  account.hidden = who === null;
  if (who) {
    say(account, who.name);
    account.title = `Signed in with the token ${who.name}, role ${who.role}`;
    account.setAttribute("aria-label", account.title);
    account.onclick = () => openBeside(account, who.name,
      h("p", {}, `The role ${who.role} may ${MAY[who.role] ?? "read"}.`),
      h("button", { type: "button", on: { click: signOut } }, "Sign out"));
  }
}
const MAY = {
  viewer: "read",
  release: "read, ask the gate, attach reports, propose targets and vote",
  lead: "do all that a release may, approve, and undo actions",
  admin: "do everything",
};
async function signOut() {
  document.querySelector(".explain")?.hidePopover();
  await post("/logout").catch(() => {}); // what cannot be reached cannot be signed out of; the session ends by itself
  account.hidden = true;
  go("/login");
}
addEventListener("levee-signed-in", whoAmI);

const KEYS = [
  ["/", "Search"],
  ["↑ ↓", "Walk the list or the grid; Home and End jump"],
  ["Enter", "Open"],
  ["Esc", "Close what is open"],
  ["g o", "Overview"],
  ["g h", "Heatmap"],
  ["g g", "Gate"],
  ["g a", "Actions"],
  ["g r", "Review"],
  ["t", "Theme: as the system, light, dark"],
  ["?", "This help"],
];

function help() {
  if (document.querySelector("dialog[open]")) {
    return;
  }
  const element = dialog(
    "Help and keys",
    h("dl", { class: "keys" }, KEYS.map(([keys, what]) => h("div", {}, h("dt", {}, keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, what)))),
    h("p", {}, "A figure with a dotted line explains itself when it is clicked. Times are those of your zone; hover over one for UTC. Every page's address holds its filters, so a link shows the same."),
    h("div", { class: "buttons" }, h("button", { type: "button", class: "primary", on: { click: () => element.close() } }, "Close")),
  );
}
document.getElementById("help").addEventListener("click", help);

const PLACES = { o: "/", h: "/heatmap", g: "/gate", a: "/actions", r: "/review" };
let going = 0;
addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
    return;
  }
  const went = performance.now() - going < 1200;
  going = 0;
  if (went && PLACES[event.key]) {
    event.preventDefault();
    go(PLACES[event.key]);
  } else if (event.key === "g") {
    going = performance.now();
  } else if (event.key === "/") {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "?") {
    help();
  } else if (event.key === "t") {
    nextTheme();
  }
});

whoAmI();
start();
