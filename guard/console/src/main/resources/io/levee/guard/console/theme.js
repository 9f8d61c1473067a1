// Runs before anything is drawn, so that no page flashes in the other theme.
"use strict";
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("levee.theme");
  } catch {
    // A browser that keeps nothing has the system's theme.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    document.documentElement.dataset.theme = kept ?? (dark.matches ? "dark" : "light");
    document.documentElement.dispatchEvent(new Event("levee-theme"));
  };
  dark.addEventListener("change", apply);
  globalThis.leveeTheme = {
    kept: () => kept ?? "system",
    keep: (theme) => {
      kept = theme === "system" ? null : theme;
      try {
        if (kept === null) {
          localStorage.removeItem("levee.theme");
        } else {
          localStorage.setItem("levee.theme", kept);
        }
      } catch {
        // Then it holds for this page alone.
      }
      apply();
    },
  };
  apply();
})();
