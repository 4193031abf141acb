// Makes and shows passkeys in the forms that ask for one; the answer goes with the form as text.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function answer(kind, options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (kind === "new") {
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = listed(options.excludeCredentials);
  } else {
    publicKey.allowCredentials = listed(options.allowCredentials);
  }
  const made = await navigator.credentials[kind === "new" ? "create" : "get"]({ publicKey });
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = base64url(made.response[part]);
  }
  return JSON.stringify({ id: made.id, rawId: made.id, type: made.type, response, clientExtensionResults: {} });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const told = form.querySelector("[role=status]");
  form.hidden = false;
  form.previousElementSibling.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    try {
      form.credential.value = await answer(form.dataset.passkey, JSON.parse(form.dataset.options));
      form.submit();
    } catch {
      told.textContent = form.dataset.failed;
    }
  });
}
