/** The theme: the system's, until the reader chooses one. Runs before the page is painted. */
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** Chosen in this tab, also if the browser forbids storage. @type {string | null} */
  let chosen = null;

  function saved() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  }

  function apply() {
    root.dataset.theme = chosen ?? saved() ?? (dark.matches ? "dark" : "light");
    document.getElementById("theme")?.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  }

  function change() {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    apply();
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // It stays until the next reload.
    }
  }

  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", () => {
    chosen = null; // another tab has changed it
    apply();
  });
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme")?.addEventListener("click", change);
  });
}
