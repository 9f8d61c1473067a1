// Dialogs: the browser's own, which keep the focus inside and close by Escape.

import { h, put } from "./dom.js";

/** Opens a dialog; answers it. It removes itself when it is closed. */
export function dialog(title, ...content) {
  const element = h(
    "dialog",
    { "aria-labelledby": "dialog-title", on: { close: () => element.remove() } },
    h("h2", { id: "dialog-title" }, title),
    content,
  );
  document.body.append(element);
  element.showModal();
  return element;
}

/**
 * Asks before something is done. `fields` are elements with a `name`; `act(values)` does it, and its error is shown in
 * place, so that nothing that was typed is lost.
 */
export function confirm({ title, text, fields = [], button, danger = false, act }) {
  const error = h("p", { class: "error", role: "alert" });
  const send = h("button", { type: "submit", class: danger ? "primary danger" : "primary" }, button);
  const form = h(
    "form",
    { method: "dialog", class: "form" },
    text ? h("p", {}, text) : null,
    fields,
    error,
    h("div", { class: "buttons" }, h("button", { type: "button", on: { click: () => element.close() } }, "Cancel"), send),
  );
  const element = dialog(title, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    put(error);
    try {
      await act(Object.fromEntries(new FormData(form)));
      element.close();
    } catch (failure) {
      put(error, failure.message);
    } finally {
      send.disabled = false;
    }
  });
  return element;
}

let fieldIds = 0;

/** A field with its label and a hint. */
export function field(label, input, hint) {
  input.id = `field-${++fieldIds}`;
  const note = hint ? h("small", { id: `${input.id}-hint` }, hint) : null;
  if (note) {
    input.setAttribute("aria-describedby", note.id);
  }
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, note);
}

/** A reason, without which nothing that a person decides is recorded. */
export function reason(placeholder) {
  return field("Reason", h("textarea", { name: "reason", required: true, rows: 3, maxlength: 1000, placeholder }), "Is kept on the record with your name.");
}
