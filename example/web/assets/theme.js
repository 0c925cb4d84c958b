/** The theme: the system's, until the reader chooses one. Runs before the page is painted. */
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function saved() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser may forbid storage
    }
  }

  function isDark() {
    return (saved() ?? (dark.matches ? "dark" : "light")) === "dark";
  }

  function apply() {
    root.dataset.theme = isDark() ? "dark" : "light";
    document.getElementById("theme")?.setAttribute("aria-pressed", String(isDark()));
  }

  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("theme", next);
      } finally {
        root.dataset.theme = next;
        document.getElementById("theme")?.setAttribute("aria-pressed", String(next === "dark"));
      }
    });
  });
}
