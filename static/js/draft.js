// Keeps what is being written in this tab alone (sessionStorage), so that a lost connection or an
// expired session loses nothing and nothing stays on a shared computer.
const KEPT = "input[type=text], input[type=email], input[type=search], input:not([type]), textarea, select, " +
  "input[type=radio], input[type=checkbox]";
const TEXTS = "textarea, input[type=text]";

const keyOf = (form) => `draft:${form.dataset.draft}`;
const olderOf = (form) => `${keyOf(form)}:previous`;

function store(action, ...values) {
  try {
    return sessionStorage[action](...values);
  } catch {
    return null; // Storage may be switched off; the page then simply keeps no draft.
  }
}

const load = (key) => JSON.parse(store("getItem", key) || "null");
const save = (key, draft) => store("setItem", key, JSON.stringify(draft));

function fieldsOf(form) {
  return [...form.querySelectorAll(KEPT)].filter((field) => field.name && !("draftSkip" in field.dataset));
}

function read(form) {
  return fieldsOf(form).map((field) => {
    const pressed = /radio|checkbox/.test(field.type) ? { checked: field.checked } : {};
    return { name: field.name, value: field.value, text: field.matches(TEXTS), ...pressed };
  });
}

function put(form, values) {
  for (const { name, value, checked } of values) {
    for (const field of fieldsOf(form)) {
      if (field.name !== name) continue;
      if (checked === undefined) field.value = value;
      else if (field.value === value) field.checked = checked;
      const fold = field.closest("details");
      if (fold && field.matches(TEXTS) && field.value) fold.open = true;
      if (field.matches("textarea")) field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

// The words of the form's main question, whatever white space the server has tidied away.
const wordsOf = (values) =>
  (values.find(({ name }) => name === "text")?.value || "").replace(/\s+/g, " ").trim();
const anyText = (values) => values.some(({ text, value }) => text && value.trim());

// What the server gave is newer than the draft, but never takes the place of another text unseen.
function restore(form) {
  const draft = load(keyOf(form));
  const given = wordsOf(read(form));
  // The same words again: the page was loaded anew, or follows the box that they were written in.
  const same = draft && given && [draft.given, wordsOf(draft.values)].includes(given);
  if (draft && (same || !anyText(read(form)))) put(form, draft.values);
  else if (draft && wordsOf(draft.values)) save(olderOf(form), draft);
  return given;
}

function offer(form) {
  const line = form.querySelector("[data-draft-other]");
  const older = load(olderOf(form));
  if (!line || !older) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.textContent = line.dataset.draftBack;
  button.addEventListener("click", () => {
    const values = read(form);
    if (wordsOf(values)) save(olderOf(form), { values });
    else store("removeItem", olderOf(form));
    line.hidden = true;
    put(form, older.values);
    offer(form);
    form.querySelector("textarea").focus();
  });
  line.replaceChildren(`${line.dataset.draftOther} `, button);
  line.hidden = false;
}

function keep(form, given) {
  const values = read(form);
  const line = form.querySelector("[data-draft-line]");
  // The box of another page has fewer fields: what was written in the others stays.
  const known = new Set(values.map(({ name }) => name));
  values.push(...(load(keyOf(form))?.values || []).filter(({ name }) => !known.has(name)));
  if (!anyText(values)) {
    store("removeItem", keyOf(form));
    if (line) line.textContent = "";
    return;
  }
  save(keyOf(form), { values, given });
  if (!line || store("getItem", keyOf(form)) === null) return;
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  line.textContent = line.dataset.draftLine.replace("{time}", time);
}

for (const done of document.querySelectorAll("[data-draft-done]")) {
  store("removeItem", `draft:${done.dataset.draftDone}`);
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  const given = restore(form);
  offer(form);
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(form, given), 400);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => keep(form, given));
  window.addEventListener("pagehide", () => keep(form, given));
}
