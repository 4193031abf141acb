// These parts come with the first page, so that no later one fetches a script. Each looks for what
// it can help with and does nothing where there is nothing; every page works without any of this.
import "./support.js";

// A page of results is heavy enough as it is: there they come only where something is written.
if (!location.pathname.endsWith("/search") || document.querySelector("[data-draft], [data-limit], [data-show]")) {
  import("./draft.js");
  import("./fields.js");
}

// What few pages need comes with the first page that has a use for it.
if (document.querySelector("[data-similar], [data-similar-to], [data-missed]")) import("./similar.js");
if (document.querySelector("[data-copy], [data-print]")) import("./take.js");
if (document.querySelector("[data-redact]")) import("./redact.js");
if (document.querySelector("[data-claim]")) import("./claim.js");
if (document.querySelector("select[data-ready]")) import("./reasons.js");
if (document.querySelector(".desk [data-key]")) import("./keys.js");

// The text check comes when there is a text to check.
const checked = document.querySelector("[data-guard]")?.closest("form");
if (checked?.text.value) import("./guard.js");
else checked?.addEventListener("input", () => import("./guard.js"), { once: true });

// What a search box offers comes when somebody enters one.
for (const form of document.querySelectorAll("form[data-suggest]")) {
  form.q.setAttribute("role", "combobox");
  form.q.setAttribute("aria-expanded", "false");
  form.addEventListener("focusin", async () => (await import("./suggest.js")).offer(form), { once: true });
}

// The phone menu closes with Escape and by a press beside it.
const menu = document.querySelector("details.menu");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  if (menu.open && !menu.contains(event.target)) menu.open = false;
});
