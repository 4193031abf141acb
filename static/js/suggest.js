// Offers words and ideas while somebody types: a combobox with a list below it.
import { fetchPartial, say } from "./partials.js";

export function offer(form) {
  const input = form.q;
  const set = (name, value) => input.setAttribute(name, value);
  let list, options, active, timer, turn = 0;

  function mark(option) {
    active = option;
    for (const one of options) one.setAttribute("aria-selected", one === option);
    option?.scrollIntoView({ block: "nearest" });
    set("aria-activedescendant", option?.id || "");
  }

  // Whatever is still on its way comes too late from here on.
  function show(found) {
    turn += 1;
    clearTimeout(timer);
    list?.remove();
    list = found;
    if (list) form.append(list);
    options = [...form.querySelectorAll("[role=option]")];
    set("aria-expanded", !!list);
    set("aria-controls", list?.id || "");
    mark();
  }

  async function ask() {
    const mine = ++turn;
    const address = `${form.dataset.suggest}?q=${encodeURIComponent(input.value)}`;
    const { element } = await fetchPartial(address, { cache: "no-store" }).catch(() => ({}));
    if (mine !== turn) return;
    show(element?.matches(".suggest") && element);
    say(list?.dataset.say || "");
  }

  function take({ dataset }) {
    if (dataset.href) return location.assign(dataset.href);
    input.value = dataset.text;
    form.requestSubmit();
  }

  set("aria-autocomplete", "list");
  show();
  // Words that were typed while this was on its way.
  if (input.value !== input.defaultValue) ask();
  input.oninput = () => {
    turn += 1;
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  };
  input.onkeydown = (event) => {
    const { key } = event;
    const by = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (event.isComposing || !(by || { Enter: active, Escape: list }[key])) return;
    event.preventDefault();
    if (by && !list) ask();
    else if (by) mark(options.at(active ? (options.indexOf(active) + by) % options.length : (by - 1) / 2));
    else if (active && key === "Enter") take(active);
    else show();
  };
  input.onblur = form.onsubmit = () => show();
  // A press on the list leaves the cursor in the box.
  form.onmousedown = ({ target }) => !list?.contains(target);
  form.onclick = ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) take(option);
  };
}
