// Menus are <details> and work by themselves; this closes them by Escape, and when the reader goes elsewhere.
const close = (menu) => menu.removeAttribute("open");
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    close(menu);
  }
});

for (const type of ["pointerdown", "focusin"]) {
  document.addEventListener(type, (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) close(menu);
  });
}

// On a phone the places stand in a row that scrolls: the present one has to be in sight.
document.querySelector(".top-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
