// Opening a case takes it in hand, so that two moderators do not read the same one. The claim is
// repeated while somebody is at work on the page; it lapses by itself when nobody is.
import { postForm, say } from "./partials.js";

const PAUSE = 3 * 60 * 1000;
let active = false;

const here = () => document.querySelector("form[data-claim]");

async function take() {
  const form = here();
  if (!form || form.dataset.claim === "other") return;
  try {
    const { element } = await postForm(form);
    if (!element || !element.matches("[data-claim]")) return;
    const focused = form.contains(document.activeElement);
    if (!focused) form.replaceWith(element);
    if (element.dataset.say) say(element.dataset.say);
  } catch {
    // Without network nothing is claimed; the button stays.
  }
}

for (const sign of ["keydown", "pointerdown", "scroll"]) {
  addEventListener(sign, () => { active = true; }, { passive: true, capture: true });
}

if (here() && here().dataset.claim === "free") take();

setInterval(() => {
  if (!active || document.hidden) return;
  active = false;
  take();
}, PAUSE);
