// Light, dark, or as the system has it: the reader's last choice. Loaded in the head, so that nothing flashes.
(() => {
  const KEY = "offerlift.theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "auto";
  try {
    chosen = localStorage.getItem(KEY) ?? "auto";
  } catch {
    // storage is blocked: the choice lasts for this page
  }

  const apply = () => {
    const automatic = system.matches ? "dark" : "light";
    root.dataset.bsTheme = chosen === "auto" ? automatic : chosen;
    document.dispatchEvent(new CustomEvent("themechange"));
  };

  const choose = (theme) => {
    chosen = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // as above
    }
    apply();
  };

  apply();
  system.addEventListener("change", apply);

  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-theme-choice]")) {
      group.hidden = false;
      for (const input of group.querySelectorAll("input")) input.checked = input.value === chosen;
      group.addEventListener("change", (event) => choose(event.target.value));
    }
  });
})();
