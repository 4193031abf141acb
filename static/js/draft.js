// Keeps what is being written in this tab alone (sessionStorage), so that a lost connection or an
// expired session loses nothing and nothing stays on a shared computer.
const KEPT = "input[type=text], input[type=email], input[type=search], input:not([type]), textarea, select, " +
  "input[type=radio], input[type=checkbox]";

const keyOf = (name) => `draft:${name}`;

function store(action, ...values) {
  try {
    return sessionStorage[action](...values);
  } catch {
    return null; // Storage may be switched off; the page then simply keeps no draft.
  }
}

function fieldsOf(form) {
  return [...form.querySelectorAll(KEPT)].filter((field) => field.name && !("draftSkip" in field.dataset));
}

function read(form) {
  const values = fieldsOf(form).map((field) =>
    /radio|checkbox/.test(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value]);
  return { text: values.some(([, value, checked]) => checked === undefined && value.trim()), values };
}

function restore(form) {
  const draft = JSON.parse(store("getItem", keyOf(form.dataset.draft)) || "null");
  // What the server gave back is newer than the draft.
  const texts = fieldsOf(form).filter((field) => field.matches("textarea, input[type=text]"));
  if (!draft || texts.some((field) => field.value.trim())) return;
  for (const [name, value, checked] of draft.values) {
    for (const field of fieldsOf(form)) {
      if (field.name !== name) continue;
      if (checked === undefined) field.value = value;
      else if (field.value === value) field.checked = checked;
      const fold = field.closest("details");
      if (fold && field.matches("textarea, input[type=text]") && field.value) fold.open = true;
    }
  }
}

function keep(form) {
  const draft = read(form);
  const line = form.querySelector("[data-draft-line]");
  if (!draft.text) {
    store("removeItem", keyOf(form.dataset.draft));
    if (line) line.textContent = "";
    return;
  }
  store("setItem", keyOf(form.dataset.draft), JSON.stringify(draft));
  if (!line || store("getItem", keyOf(form.dataset.draft)) === null) return;
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  line.textContent = line.dataset.draftLine.replace("{time}", time);
}

for (const done of document.querySelectorAll("[data-draft-done]")) {
  store("removeItem", keyOf(done.dataset.draftDone));
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), 400);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => keep(form));
  window.addEventListener("pagehide", () => keep(form));
}
