// Signing in: a token for a cookie that script cannot read.

import { post } from "./api.js";
import { field } from "./dialog.js";
import { h, put } from "./dom.js";
import { disconnect } from "./live.js";
import { heading } from "./pieces.js";
import { go, query } from "./router.js";

/** Draws the page. */
export async function show(main) {
  disconnect();
  const error = h("p", { class: "error", role: "alert" });
  const token = h("input", { type: "password", name: "token", required: true, autocomplete: "current-password", spellcheck: "false" });
  const send = h("button", { type: "submit", class: "primary" }, "Sign in");
  const form = h("form", { class: "form panel login" },
    h("p", {}, "Paste the token that was made for you. It is exchanged for a session of this browser and not kept."),
    field("Token", token),
    error,
    send,
    h("details", {}, h("summary", {}, "I have no token"),
      h("p", {}, "Somebody with the admin role makes one:"),
      h("pre", { tabindex: "0" }, "levee token create --name anna --role viewer"),
      h("p", {}, "The guard prints the first admin token when it starts for the first time.")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    put(error);
    try {
      await post("/login", { token: token.value.trim() });
      dispatchEvent(new Event("levee-signed-in"));
      const next = query().next ?? "/";
      // Only to a page of the console: an address from elsewhere could otherwise send people anywhere.
      await go(/^\/(?![/\\])/.test(next) ? next : "/", { replace: true });
    } catch (failure) {
      put(error, failure.status === 401 || failure.status === 403 ? "The guard does not know this token, or it has expired." : failure.message);
      token.select();
    } finally {
      send.disabled = false;
    }
  });
  const given = /^#token=([\w.~-]+)$/.exec(location.hash);
  if (given) {
    // Filled in, never sent by itself: a link from elsewhere could otherwise sign people in as somebody else.
    token.value = given[1];
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  put(main, heading("Sign in"), form);
  return null;
}
