// Elements from plain values. Text is always text: nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `style` is an object (set through the CSSOM, as the page's policy asks), `on` an object of listeners,
 * `data` the data attributes; null, undefined and false leave an attribute away.
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === "style") {
      for (const [property, set] of Object.entries(value)) {
        element.style.setProperty(property, set);
      }
    } else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (name === "data") {
      Object.assign(element.dataset, value);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
      element[name] = value;
    } else {
      element.setAttribute(name === "className" ? "class" : name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/** Appends nodes, texts, numbers and lists of them. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

/** Puts new children in the place of the old ones. */
export function put(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/** Sets a text, and touches nothing if it is there already. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Tells a screen reader, once. */
export function announce(text) {
  say(document.getElementById("said"), text);
}

/** A colour of the theme, for what is drawn on a canvas. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
