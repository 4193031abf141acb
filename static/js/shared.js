// On a shared device: warns 20 seconds before the session ends, and ends it when nobody answers.
// So does the server.
const box = document.querySelector("[data-shared]");
const dialog = box.querySelector("dialog");
const staying = dialog.querySelector("form");
const leaving = box.querySelector("form");

const LIMIT = box.dataset.shared * 1000;
const WARNING = 20_000;
const TELL = 30_000;
let used = Date.now();
let told = used;

// Another tab of the same session may be the one in use.
function latest() {
  try {
    return Math.max(used, Number(localStorage.getItem("used")) || 0);
  } catch {
    return used;
  }
}

function use() {
  used = Date.now();
  try {
    localStorage.setItem("used", used);
  } catch {
    // Storage is off: this tab counts alone.
  }
}

async function tell() {
  told = Date.now();
  try {
    const answer = await fetch(staying.action, { method: "POST", body: new FormData(staying) });
    if (answer.status === 401 || answer.status === 403) location.assign(document.querySelector(".brand").href);
  } catch {
    // Without network the page's clock goes on.
  }
}

function leave() {
  // Nothing is kept once more on the way out.
  for (const field of document.querySelectorAll("main textarea, main input")) field.value = "";
  try {
    sessionStorage.clear();
    localStorage.clear();
  } catch {
    // Nothing was kept.
  }
  leaving.submit();
}

function look() {
  const idle = Date.now() - latest();
  if (idle >= LIMIT) {
    clearInterval(clock);
    leave();
  } else if (idle >= LIMIT - WARNING) {
    if (!dialog.open) dialog.showModal();
  } else {
    if (dialog.open) dialog.close();
    if (used > told && Date.now() - told > TELL) tell();
  }
}

for (const sign of ["keydown", "pointerdown", "scroll"]) {
  addEventListener(sign, () => dialog.open || use(), { passive: true, capture: true });
}

staying.addEventListener("submit", (event) => {
  event.preventDefault();
  use();
  dialog.close();
  tell();
});
dialog.addEventListener("cancel", () => { use(); tell(); });

use();
const clock = setInterval(look, 1000);
