// Supports, follows and takes back in place. The number moves at once and returns if the server refuses.
import { postForm, say } from "./partials.js";

const IN_PLACE = "form[data-support], form[data-in-place]";
const waiting = new Set();

function press(form) {
  const button = form.querySelector("button");
  const count = form.querySelector("[data-count]");
  if (!count) return () => {};
  const before = [button.getAttribute("aria-pressed"), count.textContent];
  const on = before[0] !== "true";
  button.setAttribute("aria-pressed", String(on));
  const number = Number(before[1].replace(/\D/g, "")) + (on ? 1 : -1);
  count.textContent = number.toLocaleString(document.documentElement.lang);
  return () => {
    button.setAttribute("aria-pressed", before[0]);
    count.textContent = before[1];
  };
}

function complain(form, text) {
  const note = form.querySelector(".error") || document.createElement("p");
  note.className = "error";
  note.textContent = text;
  form.append(note);
  say(text);
}

async function send(form) {
  const restore = press(form);
  let answer = { ok: false, element: null };
  try {
    answer = await postForm(form);
  } catch {
    // No network: the line below says so.
  }
  const reason = answer.element && answer.element.querySelector("[data-reason]");
  if (answer.element && answer.element.matches(IN_PLACE)) {
    form.replaceWith(answer.element);
    answer.element.querySelector("button").focus({ preventScroll: true });
    if (reason) say(reason.textContent);
  } else if (!answer.ok) {
    restore();
    complain(form, reason ? reason.textContent : document.body.dataset.failed);
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(IN_PLACE)) return;
  event.preventDefault();
  if (waiting.has(form.id)) return;
  waiting.add(form.id);
  await send(form);
  waiting.delete(form.id);
});
