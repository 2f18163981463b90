// What unfold's pages lack for keys and screen readers. Runs before its own scrollbars and after its autocomplete.

// Its scrollbars are boxes that all have the same name; the browser's own need none.
for (const box of document.querySelectorAll("[data-simplebar]")) box.removeAttribute("data-simplebar");

// An icon is a word in a font of its own, which would be read out beside the text that it stands next to.
for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
  if (icon.parentElement.textContent.trim() !== icon.textContent.trim()) icon.setAttribute("aria-hidden", "true");
}

// The column of what removes a row of a table has no name of its own; the page says it in the reader's language.
const { remove } = document.currentScript.dataset;
for (const heading of document.querySelectorAll("[data-inline-type=tabular] thead th:last-child")) {
  if (heading.textContent.trim() === "") heading.textContent = remove;
}

// On a narrow screen a cell says what it is; unfold would begin every word of that with a capital.
for (const cell of document.querySelectorAll("[data-label]")) {
  const { label } = cell.dataset;
  cell.dataset.label = label.charAt(0).toUpperCase() + label.slice(1);
}

// Ctrl+E is the browser's, and would change the theme behind the back of the choice in the menu.
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "e") event.stopImmediatePropagation();
}, true);

// Select2 draws a field of its own without the name of the one that it stands for.
const nameFields = () => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const name = select.getAttribute("aria-label") ?? select.labels[0]?.textContent.trim();
    const drawn = select.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox]") ?? [];
    for (const field of drawn) {
      field.removeAttribute("aria-labelledby");
      field.setAttribute("aria-label", name);
    }
  }
};
if (window.django?.jQuery) django.jQuery(nameFields);
document.addEventListener("formset:added", nameFields);
