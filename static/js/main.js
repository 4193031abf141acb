// All parts come with the first page, so that no later one fetches a script. Each looks for what it
// can help with and does nothing where there is nothing; every page works without any of this.
import "./support.js";
import "./draft.js";
import "./fields.js";
import "./take.js";

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
