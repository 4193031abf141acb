// Shows ideas like the one that is being written, or read, beside it; and tells which searches found nothing.
import { fetchPartial, postForm } from "./partials.js";

const SHORTEST = 20;
const PAUSE = 600;

function whileWriting(place, field, line) {
  let timer = 0;
  let asked = "";
  let asking = new AbortController();

  function show(element) {
    place.replaceChildren(...(element ? [element] : []));
    const told = element?.dataset.told || "";
    if (line.textContent === told) return;
    const link = document.createElement("a");
    link.href = `#${place.id}`;
    link.textContent = told;
    line.replaceChildren(...(told ? [link] : []));
  }

  async function look() {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    // An older answer that is still on its way must not take the place of this one.
    asking.abort();
    asking = new AbortController();
    if ([...text].length < SHORTEST) return show(null);
    const body = new URLSearchParams({ text, csrf_token: field.form.elements.csrf_token?.value || "" });
    const mine = asking;
    const options = { method: "POST", body, signal: mine.signal };
    const { ok, element } = await fetchPartial(place.dataset.similar, options).catch(() => ({}));
    if (ok && mine === asking) show(element);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  look();
}

const place = document.querySelector("[data-similar]");
if (place) whileWriting(place, document.querySelector("textarea[name=text]"), document.querySelector("[data-similar-line]"));

// The link on an idea's page becomes the ideas themselves when it comes near.
const link = document.querySelector("a[data-similar-to]");
if (link && "IntersectionObserver" in window) {
  const near = new IntersectionObserver(async ([seen]) => {
    if (!seen.isIntersecting) return;
    near.disconnect();
    const { ok, element } = await fetchPartial(link.href).catch(() => ({}));
    if (ok && element) link.replaceWith(element);
  }, { rootMargin: "200px" });
  near.observe(link);
}

const missed = document.querySelector("form[data-missed]");
if (missed) postForm(missed).catch(() => {});
