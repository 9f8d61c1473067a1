// Types of levee.js; see docs/browser.md.

/** Something that a user does and that may fail, from its beginning. What is called first, `ok` or `fail`, counts; once. */
interface LeveePath {
  /** Its trace: 32 hexadecimal digits, which every request of it carries to your backend. */
  readonly id: string;
  /** It went well. Without this or `fail` it counts neither as good nor as bad. */
  ok(): void;
  /** It failed, whatever the backend said. */
  fail(): void;
}

interface Levee {
  /**
   * Begins a path.
   *
   * @param name what an objective's `routes` name, such as `checkout`; at most 60 characters, no personal data
   */
  path(name: string): LeveePath;
  /**
   * Names the page from now on, for applications that change it without loading another one.
   *
   * @param template such as `/orders/{id}`; at most 99 characters, no personal data
   */
  page(template: string): void;
}

interface Window {
  /** Missing until the script has run, and where something has blocked it: call `window.levee?.path('checkout')`. */
  levee?: Levee;
}
