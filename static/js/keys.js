// Keys of the desk. Whatever has data-key="x" can be reached with the key x:
//   a button or a link is pressed;
//   a <summary> opens its fold, and the cursor goes to the first field in it;
//   a radio button or a box is chosen;
//   any other field gets the cursor.
// A button with data-needs="reason", "rule reason" or "primary" is pressed only when that has been
// given in its form (fields "ready" or "reason", "rule", "primary"); before that the cursor goes to
// what is lacking.
//
// The letters, the same in every language; each stands on a page once:
//   j  the main decision (publish and route, accept, leave as it is)     l  publish, route later
//   1 2 3  choose a suggested sub-project      y t r  merge with the first, second, third idea
//   p  return   h  hide   i  for staff only   s  the reason   z  another sub-project
//   k  ask the author   o  pass on   m  redact   f  summary in Finnish   e  concerns me
//   g  urgent: what was done   a  appeal   v  notes   x  claim, release
//   n  next   b  back to the one before   u  undo   ?  show the keys
//
// They work only after a moderator has switched them on in this browser (WCAG 2.1.4), and never
// while somebody types. Escape leaves a field.
import { fetchPage, say } from "./partials.js";

const STORE = "desk-keys";
const FIELDS = "input:not([type=hidden], [type=radio], [type=checkbox], [type=submit]), select, textarea";
const dialog = document.getElementById("keys");
const MOST_NUMBERED = 9;
let on = read();
let sent = false;
let pending = null; // The decision that waits for its reason.

function read() {
  try {
    return localStorage.getItem(STORE) === "on";
  } catch {
    return false; // Storage may be forbidden; then the keys stay off.
  }
}

function remember() {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch {
    // They work on this page all the same.
  }
}

function keyed() {
  return [...document.querySelectorAll("[data-key]")].filter((one) => !one.disabled);
}

function nameOf(one) {
  const label = one.labels?.[0] ?? one;
  const name = (label.querySelector("b, span") ?? label).cloneNode(true);
  for (const more of name.querySelectorAll("small, kbd, .hint, .optional")) more.remove();
  return (one.dataset.keyName || name.textContent).replace(/\u00ad/g, "").trim();
}

// Shows or takes away the letters beside what they press.
function show() {
  document.body.classList.toggle("keys-on", on);
  for (const old of document.querySelectorAll("kbd.here")) old.remove();
  for (const one of keyed()) {
    if (!on) {
      one.removeAttribute("aria-keyshortcuts");
      continue;
    }
    one.setAttribute("aria-keyshortcuts", one.dataset.key);
    const shown = document.createElement("kbd");
    shown.className = "letter here";
    shown.setAttribute("aria-hidden", "true");
    shown.textContent = one.dataset.key.toUpperCase();
    const place = one.matches("input, select, textarea") ? one.labels?.[0] : one;
    const turn = place?.querySelector(".turn");
    if (turn) turn.before(shown);
    else place?.append(shown);
  }
  for (const select of document.querySelectorAll("select[name$=ready], select[name$=rule]")) number(select);
}

// Puts digits before the choices of a list, where they do not begin with one.
function number(select) {
  choicesOf(select).slice(0, MOST_NUMBERED).forEach((option, at) => {
    option.dataset.plain ??= option.textContent;
    const bare = /^\d/.test(option.dataset.plain);
    option.textContent = on && !bare ? `${at + 1}. ${option.dataset.plain}` : option.dataset.plain;
  });
}

function choicesOf(select) {
  return [...select.options].filter((option) => option.value);
}

function unfold(one) {
  for (let fold = one.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

function press(one) {
  unfold(one.parentElement);
  if (one.matches("summary")) {
    one.parentElement.open = true;
    (one.parentElement.querySelector(`${FIELDS}, [type=checkbox], button`) ?? one).focus();
  } else if (one.matches("[type=radio], [type=checkbox]")) {
    one.click();
    one.focus();
    one.scrollIntoView({ block: "nearest" });
  } else if (one.matches("input, select, textarea")) {
    one.focus();
  } else {
    one.click();
  }
}

function goBack() {
  const items = [...document.querySelectorAll(".desk-item")];
  const here = items.findIndex((item) => item.hasAttribute("aria-current"));
  items[here - 1]?.click();
}

// Gives the fields that a decision still needs, in the order in which they are asked.
function lacking(button) {
  const { rule, ready, reason, primary } = button.form?.elements ?? {};
  const needs = button.dataset.needs.split(" ");
  const missing = [];
  if (needs.includes("primary") && primary && !Number(primary.value)) missing.push(primary[0] ?? primary);
  if (needs.includes("rule") && rule && !rule.value) missing.push(rule);
  if (needs.includes("reason") && !ready?.value && !reason?.value.trim()) missing.push(ready ?? reason);
  return missing.filter(Boolean);
}

function ask(button, field) {
  pending = button;
  unfold(field);
  if (on && field.matches("select")) field.size = Math.min(field.options.length, MOST_NUMBERED + 1);
  field.focus();
  field.scrollIntoView({ block: "center" });
  const line = field.closest("fieldset, details")?.querySelector("[data-then]");
  if (!line) return;
  line.hidden = false;
  line.textContent = `${line.dataset.then} ${nameOf(button)}`;
  say(line.textContent);
}

// What was asked for is given: on to the next lacking thing, or to the button itself. Whoever came
// here without a decision in mind stays, unless the form makes but one.
function goOn(field) {
  const [next] = pending ? lacking(pending) : [];
  if (next) ask(pending, next);
  else (pending ?? only(field.form))?.focus();
}

function only(form) {
  return form.id === "decide" ? null : [...form.elements].find((one) => one.type === "submit");
}

function choose(select, digit) {
  const option = choicesOf(select)[digit - 1];
  if (!option) return false;
  select.value = option.value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  goOn(select);
  return true;
}

function inField(event) {
  const field = event.target;
  if (event.key === "Escape") field.blur();
  else if (field.matches("select") && /^[1-9]$/.test(event.key)) {
    if (choose(field, Number(event.key))) event.preventDefault();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || field.matches("select"))) {
    const deciding = pending ?? only(field.form);
    if (!deciding) return;
    event.preventDefault();
    deciding.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (!on || sent || dialog?.open || event.isComposing || event.defaultPrevented) return;
  if (event.target.matches?.(FIELDS)) {
    inField(event);
    return;
  }
  const asks = event.key === "?";
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || (event.shiftKey && !asks)) return;
  if (asks) open();
  else if (event.key === "b") goBack();
  else {
    const one = keyed().find((other) => other.dataset.key === event.key.toLowerCase());
    if (!one) return;
    press(one);
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-needs]");
  const [field] = button ? lacking(button) : [];
  if (!field) return;
  event.preventDefault();
  ask(button, field);
});

document.addEventListener("submit", (event) => {
  sent = !event.defaultPrevented && event.target.method !== "dialog";
});
window.addEventListener("pageshow", (event) => {
  sent = false;
  // Somebody went back to a page on which the next case already stood.
  if (event.persisted && document.querySelector(".desk-main[aria-busy]")) location.reload();
});

function open() {
  const list = dialog.querySelector("dl");
  const rows = keyed().map((one) => [one.dataset.key, nameOf(one)]);
  list.replaceChildren();
  for (const [key, name] of [...rows, ["b", list.dataset.previous], ["?", list.dataset.help]]) {
    const letter = document.createElement("kbd");
    letter.className = "letter";
    letter.textContent = key.toUpperCase();
    const what = document.createElement("dd");
    what.textContent = name;
    const term = document.createElement("dt");
    term.append(letter);
    list.append(term, what);
  }
  dialog.showModal();
}

// In the button that publishes and routes stands where the idea would go.
function tellChosen() {
  const label = document.querySelector("[data-needs=primary] span");
  const radios = [...document.querySelectorAll("#decide [name=primary]")];
  if (!label) return;
  const where = document.createElement("small");
  const tell = () => {
    const chosen = radios.find((one) => one.checked && one.value !== "0");
    where.textContent = chosen ? ` → ${nameOf(chosen)}` : "";
  };
  label.append(where);
  for (const one of radios) one.addEventListener("change", tell);
  tell();
}

// The next case is fetched while this one is read. Once a decision is on its way that case stands
// here to be read; the page that comes with the answer then takes its place.
async function fetchNext() {
  const next = document.querySelector("a[data-key=n]");
  if (!next || navigator.connection?.saveData) return;
  const card = (await fetchPage(next.href).catch(() => null))?.querySelector(".desk-card");
  if (!card) return;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.name !== "decision") return;
    // The form must still be here when the browser reads it.
    setTimeout(() => {
      const here = document.querySelector(".desk-card");
      here.parentElement.setAttribute("aria-busy", "true");
      here.replaceWith(card);
      scrollTo(0, 0);
    });
  });
}

if (dialog) {
  const toggle = dialog.querySelector("[data-keys-on]");
  toggle.checked = on;
  toggle.addEventListener("change", () => {
    on = toggle.checked;
    remember();
    show();
  });
  for (const opener of document.querySelectorAll("[data-keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", open);
  }
}
show();
tellChosen();
setTimeout(fetchNext, 400); // After what this page itself needs.
