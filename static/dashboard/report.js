// The report's dialogs and small comforts; without it, the same links open the same dialogs on a page of their own.
const dialogOf = (link) => document.getElementById(link.dataset.dialog);

for (const dialog of document.querySelectorAll("dialog[open]")) {
  dialog.removeAttribute("open");
  dialog.showModal();
}
for (const button of document.querySelectorAll("[data-print], [data-copy]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog], [data-close], [data-print], [data-copy]");
  if (event.target.matches("dialog")) event.target.close(); // the backdrop
  if (!link) return;
  if (link.dataset.dialog) {
    event.preventDefault();
    dialogOf(link).showModal();
  } else if ("close" in link.dataset) {
    event.preventDefault();
    link.closest("dialog").close();
  } else if ("print" in link.dataset) {
    link.closest("details").open = false;
    print();
  } else {
    copy(document.getElementById(link.dataset.copy), link);
  }
});

const copy = async (input, button) => {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    button.textContent = button.dataset.copied;
  } catch {
    button.textContent = button.dataset.selected;
  }
};

// A closed dialog leaves no trace in the address: a reload doesn't open it again.
document.addEventListener(
  "close",
  () => history.replaceState(history.state, "", location.pathname + location.search.replace(/([?&])do=[^&]*&?/, "$1").replace(/[?&]$/, "")),
  true,
);

// News waits while somebody writes or nobody looks; what was unfolded stays so.
let unfolded = [];
document.addEventListener("htmx:beforeRequest", (event) => {
  const isNews = event.detail.elt.id === "findings";
  if (isNews && (document.hidden || document.querySelector("dialog[open]"))) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", () => {
  unfolded = [...document.querySelectorAll("#findings details[open][id]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});

// On a phone the parts below the verdict begin folded, each under a name that says what is inside; a link to a part opens it.
const isPhone = matchMedia("(max-width: 720px)");
const foldParts = () => {
  for (const part of document.querySelectorAll("details.part")) part.open = !isPhone.matches || unfolded.includes(part.id);
  openLinked();
};
const openLinked = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const part = target && target.closest("details.part");
  if (part && !part.open) {
    part.open = true;
    target.scrollIntoView();
  }
};
foldParts();
isPhone.addEventListener("change", foldParts);
addEventListener("hashchange", openLinked);
document.addEventListener("htmx:afterSwap", foldParts);
addEventListener("beforeprint", () => document.querySelectorAll("details.part").forEach((part) => (part.open = true)));
