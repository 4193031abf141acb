// Shows what the text check sees beside the text while it is being written, and puts neutral words in.
import { fetchPartial } from "./partials.js";

const PAUSE = 900;
const SHORTEST = 12;
const TEXTS = "textarea, input[type=text]";
const ALSO = ["capacity", "language", "noticed", "csrf_token"];

const place = document.querySelector("[data-guard]");
const form = place.closest("form");
const line = form.querySelector("[data-guard-line]");
let timer = 0;
let asked = "";
let asking = new AbortController();

function body() {
  const values = new URLSearchParams();
  for (const field of form.querySelectorAll(TEXTS)) if (field.name) values.append(field.name, field.value);
  for (const name of ALSO) values.append(name, form.elements[name]?.value || "");
  return values;
}

function written() {
  return [...form.querySelectorAll(TEXTS)].map((field) => field.value.trim()).join("\n").trim();
}

function show(element) {
  place.replaceChildren(element);
  const told = element.querySelector("[data-told]")?.dataset.told || "";
  if (line.textContent !== told) line.textContent = told;
}

async function look() {
  const text = written();
  if (text === asked) return;
  asked = text;
  // An older answer that is still on its way must not take the place of this one.
  asking.abort();
  asking = new AbortController();
  if ([...text].length < SHORTEST && !place.querySelector(".advice")) return;
  const mine = asking;
  const options = { method: "POST", body: body(), signal: mine.signal };
  const { ok, element } = await fetchPartial(place.dataset.guard, options).catch(() => ({}));
  if (ok && element && mine === asking) show(element);
}

// The words may stand there twice: what comes before them tells which are meant.
function placeOf(text, button) {
  const { before, marked } = button.dataset;
  const at = text.indexOf(before + marked);
  return at < 0 ? text.indexOf(marked) : at + before.length;
}

function put(event) {
  const button = event.target.closest("button[name=replace]");
  const field = button && form.elements[button.dataset.field];
  const at = field ? placeOf(field.value, button) : -1;
  if (at < 0) return; // The form is sent, and the server does it.
  event.preventDefault();
  const { marked, instead } = button.dataset;
  const before = field.value.slice(0, at);
  const first = /(^|[.!?…]\s+|\n\s*)$/.test(before);
  const words = first ? instead.charAt(0).toUpperCase() + instead.slice(1) : instead;
  const after = field.value.slice(at + marked.length);
  field.value = words ? before + words + after : (before.trimEnd() + after).trimStart();
  field.focus();
  field.setSelectionRange(at, at + words.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  clearTimeout(timer);
  look();
}

form.addEventListener("input", (event) => {
  if (!event.target.matches(TEXTS)) return;
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});
place.addEventListener("click", put);
// What the server has already shown needs no second look.
if (place.querySelector(".advice")) asked = written();
else look();
