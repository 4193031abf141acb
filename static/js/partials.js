// Fetches pieces of pages from our own origin and puts them in place.
// The one module that makes markup from text, and so the one that holds the Trusted Types policy.
const trust = window.trustedTypes
  ? window.trustedTypes.createPolicy("innovation", { createHTML: (html) => html })
  : { createHTML: (html) => html };

function sameOrigin(address) {
  return new URL(address, location.href).origin === location.origin;
}

function elementOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = trust.createHTML(html);
  return holder.content.firstElementChild;
}

// Gives { ok, element }. A redirect means a whole page (signing in, for one): then we go there.
export async function fetchPartial(address, options = {}) {
  if (!sameOrigin(address)) throw new Error("foreign address");
  const headers = { "X-Partial": "1", ...options.headers };
  const response = await fetch(address, { ...options, headers, credentials: "same-origin" });
  if (response.redirected) {
    location.assign(response.url);
    return { ok: true, element: null };
  }
  const isHtml = (response.headers.get("Content-Type") || "").startsWith("text/html");
  const html = isHtml && sameOrigin(response.url) ? await response.text() : "";
  const whole = /^\s*<!doctype/i.test(html);
  return { ok: response.ok, element: html && !whole ? elementOf(html) : null };
}

// Gives a whole page of ours as a document, or null when it is not to be had.
export async function fetchPage(address) {
  if (!sameOrigin(address)) throw new Error("foreign address");
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok || response.redirected) return null;
  return new DOMParser().parseFromString(trust.createHTML(await response.text()), "text/html");
}

export function postForm(form) {
  return fetchPartial(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
}

// Says something to those who listen to the page.
export function say(text) {
  const line = document.getElementById("say");
  if (line) line.textContent = text;
}
