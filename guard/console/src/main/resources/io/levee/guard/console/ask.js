// The form that asks the gate, as a pipeline does: the question and its answer go on the record.

import { post } from "./api.js";
import { field } from "./dialog.js";
import { announce, h, put } from "./dom.js";
import { cached, load } from "./slos.js";

/** The form. `know(entries)` offers the releases of the record; `answered(decision)` is called with what the gate said. */
export function questions(chosen, signal, answered) {
  const error = h("p", { class: "error", role: "alert" });
  const slos = h("datalist", { id: "ask-slos" });
  const releases = h("datalist", { id: "ask-releases" });
  const input = (name, list, placeholder) =>
    h("input", { name, list, placeholder, value: chosen[name] ?? "", required: true, maxlength: 200, autocomplete: "off", spellcheck: "false" });
  const environment = h("select", { name: "environment" }, [["staging", "Staging"], ["canary", "Canary"], ["production", "Production"]]
    .map(([value, text]) => h("option", { value, selected: value === chosen.environment }, text)));
  const send = h("button", { type: "submit", class: "primary" }, "Ask");
  const element = h("form", { class: "ask" },
    field("SLO", input("slo", "ask-slos", "Its name")), field("Environment", environment), field("Release", input("release", "ask-releases", "Such as 2026.11.3")),
    send, slos, releases, error);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    put(error);
    try {
      const values = Object.fromEntries(new FormData(element));
      const decision = await post("/api/v1/gate/check", { slo: values.slo.trim(), environment: values.environment, release: values.release.trim(), caller: "console" });
      announce(`The gate says ${decision.decision}: ${decision.reason}`);
      await answered(decision);
    } catch (failure) {
      put(error, failure.message);
    } finally {
      send.disabled = false;
    }
  });
  const offer = (list, values) => put(list, [...new Set(values)].map((value) => h("option", { value })));
  const names = (answer) => offer(slos, answer.slos.map(({ name }) => name));
  if (cached()) {
    names(cached());
  } else {
    load(signal).then(names).catch(() => {}); // a name can be typed all the same
  }
  return {
    element,
    know(entries) {
      const some = entries.map(({ data }) => data.release).filter(Boolean);
      if (releases.childElementCount !== new Set(some).size) {
        offer(releases, some);
      }
    },
  };
}
