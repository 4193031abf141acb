// Selected words go into the first free field, with what they are; without script one types them.
const tools = document.querySelector(".redact-tools");
const texts = document.querySelector("[data-redact]");
const form = document.getElementById("redact");
const say = document.getElementById("say");

tools.hidden = false;

function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !texts.contains(selection.anchorNode) || !texts.contains(selection.focusNode)) return "";
  return selection.toString().replace(/\s+/g, " ").trim();
}

// Pressing a button must not lose what is selected.
tools.addEventListener("pointerdown", (event) => event.preventDefault());

tools.addEventListener("click", (event) => {
  const button = event.target.closest("[data-kind]");
  if (!button) return;
  const words = selected();
  const free = [...form.querySelectorAll("input[name^=words_]")].find((field) => !field.value);
  if (!words || !free) {
    say.textContent = words ? tools.dataset.full : tools.dataset.none;
    return;
  }
  free.value = words;
  form.elements[free.name.replace("words", "kind")].value = button.dataset.kind;
  say.textContent = tools.dataset.done.replace("{words}", words);
  getSelection().removeAllRanges();
});
