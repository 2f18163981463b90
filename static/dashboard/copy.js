// A button beside each piece of code that copies it; where the browser has no clipboard, there is none.
const addButton = (code) => {
  if (!navigator.clipboard || code.querySelector("button")) return;
  const words = code.dataset; // in the reader's language
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm copy";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.querySelector("code").textContent);
      button.textContent = words.copied;
    } catch {
      button.textContent = words.press;
      getSelection().selectAllChildren(code.querySelector("code"));
    }
    setTimeout(() => (button.textContent = words.copy), 2000);
  });
  code.append(button);
};

const addAll = () => document.querySelectorAll(".code").forEach(addButton);
addAll();
document.addEventListener("htmx:afterSettle", addAll);
