// The guard's JSON. Errors come as exceptions whose message a person can act on.

/** What went wrong, with the status; 0 if the guard was not reached. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

const ROLE_HINT = {
  401: "Sign in first.",
  403: "Your token's role does not allow this.",
};

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (failure) {
    if (failure.name === "AbortError") {
      throw failure;
    }
    throw new ApiError(0, "The guard does not answer. It may be restarting, or the network is down.");
  }
  const type = response.headers.get("Content-Type") ?? "";
  const body = await read(response, type.includes("json"));
  if (!response.ok) {
    const said = body && typeof body === "object" && typeof body.error === "string" ? body.error : "";
    if (response.status === 401 && path !== "/login") {
      dispatchEvent(new Event("levee-signed-out"));
    }
    // A refusal that says why is worth more than a general word about roles.
    const hint = response.status === 403 && said ? "" : ROLE_HINT[response.status] ?? "";
    throw new ApiError(
      response.status,
      [hint, said].filter(Boolean).join(" ") || `The guard answered with status ${response.status}.`,
    );
  }
  return body;
}

/** The body. One that breaks off, as when the reader goes to another page meanwhile, is never taken for an empty answer. */
async function read(response, json) {
  try {
    return json ? await response.json() : await response.text();
  } catch (failure) {
    if (failure.name === "AbortError") {
      throw failure;
    }
    if (!response.ok) {
      return null; // the status says enough
    }
    throw new ApiError(response.status, "The guard's answer could not be read to its end.");
  }
}

/** Reads. `query` leaves away what is null or empty. */
export function get(path, query = {}, signal = undefined) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") {
      parameters.set(name, value);
    }
  }
  const text = parameters.toString();
  return ask(text ? `${path}?${text}` : path, { signal, headers: { Accept: "application/json" } });
}

/** Writes. */
export function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body ?? {}),
  });
}

/** A part of a path. */
export function part(text) {
  return encodeURIComponent(text);
}
