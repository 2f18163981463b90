// Light or dark: the reader's last choice, else what the system prefers. Loaded in the head, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem("offerlift.theme");
    } catch {
      return null;
    }
  };

  const remember = (theme) => {
    try {
      localStorage.setItem("offerlift.theme", theme);
    } catch {
      // storage is blocked: the choice lasts for this page
    }
  };

  const apply = (theme) => {
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("themechange"));
  };

  apply(chosen() ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => chosen() ?? apply(system.matches ? "dark" : "light"));

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
        remember(theme);
        apply(theme);
      });
    }
  });
})();
