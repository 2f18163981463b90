// Light, dark, or as the system has it: the reader's last choice, which the admin keeps under the same key and in the
// same form. Loaded in the head, so that nothing flashes.
(() => {
  const KEY = "adminTheme";
  const THEMES = ["light", "dark", "auto"];
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "auto";
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (THEMES.includes(kept)) chosen = kept;
  } catch {
    // storage is blocked: the choice lasts for this page
  }

  const apply = () => {
    const automatic = system.matches ? "dark" : "light";
    root.dataset.bsTheme = chosen === "auto" ? automatic : chosen;
    root.classList.toggle("dark", root.dataset.bsTheme === "dark"); // what the admin's own styles go by
    document.dispatchEvent(new CustomEvent("themechange"));
  };

  const choose = (theme) => {
    chosen = theme;
    try {
      localStorage.setItem(KEY, JSON.stringify(theme));
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
