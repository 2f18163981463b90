// Makes and uses passkeys: asks the console what the device is to do, the device to do it, and sends its answer as a form.

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const listed = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

/** Make a passkey, as the console's options say. */
async function add(options) {
  const { response, ...made } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    },
  }).then(parts);
  return { ...made, response: {
    clientDataJSON: textOf(response.clientDataJSON), attestationObject: textOf(response.attestationObject),
  } };
}

/** Sign with a passkey, as the console's options say. */
async function use(options) {
  const { response, ...signed } = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytesOf(options.challenge), allowCredentials: listed(options.allowCredentials) },
  }).then(parts);
  return { ...signed, response: {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    userHandle: response.userHandle ? textOf(response.userHandle) : null,
  } };
}

// "toJSON" of credentials is younger than passkeys
const parts = (credential) => ({
  id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response: credential.response,
});

/** Say what went wrong: beside the fields that it is about, the rest below them. */
function show(form, errors) {
  const trouble = form.querySelector("[data-trouble]");
  const others = [];
  for (const old of form.querySelectorAll(".field .field-error")) old.remove();
  for (const [name, texts] of Object.entries(errors)) {
    const field = form.elements[name];
    if (!field) { others.push(...texts); continue; }
    const line = document.createElement("p");
    line.className = "field-error";
    line.id = `${field.id}_error`;
    line.textContent = texts.join(" ");
    field.closest(".field").append(line);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
  }
  trouble.textContent = others.join(" ");
  trouble.hidden = others.length === 0;
  form.querySelector("[aria-invalid]")?.focus();
}

/** Return what a device's refusal is called on the page. */
function reasonOf(error, words) {
  if (error.name === "InvalidStateError") return words.known;
  if (error.name === "NotSupportedError") return words.unsupported;
  if (error instanceof DOMException) return words.canceled;
  return words.failed;
}

async function run(form) {
  const words = form.querySelector("[data-trouble]").dataset;
  if (!window.PublicKeyCredential) return show(form, { __all__: [words.unsupported] });
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  try {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), redirect: "error" });
    const said = await answer.json();
    if (said.errors) return show(form, said.errors);
    show(form, {});
    const made = form.dataset.passkey === "add" ? await add(said) : await use(said);
    form.elements.answer.value = JSON.stringify(made);
    form.submit();
  } catch (error) {
    show(form, { __all__: [reasonOf(error, words)] });
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    await run(form);
    button.disabled = false;
  });
}
