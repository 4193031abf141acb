// A ready reason can be edited before it is sent: a button puts it into the field for own words, in
// the language in which the author reads it. Without script both are joined when the form is sent.
for (const select of document.querySelectorAll("select[data-ready]")) {
  // Where several forms stand on one page their fields share a beginning, as in "ask-ready".
  const beginning = select.name.slice(0, -"ready".length);
  const reason = select.form.elements[`${beginning}reason`];
  const rule = select.form.elements[`${beginning}rule`];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.textContent = select.dataset.ready;

  const chosen = () => select.selectedOptions[0]?.dataset.text ?? "";
  const show = () => (button.hidden = !chosen());

  button.addEventListener("click", () => {
    const text = chosen();
    const name = rule?.selectedOptions?.[0]?.dataset.name;
    if (text.includes("{rule}") && !name && rule) return rule.focus();
    reason.value = [text.replaceAll("{rule}", name ?? "{rule}"), reason.value.trim()].filter(Boolean).join(" ");
    select.value = "";
    show();
    // Whoever counts characters or keeps drafts hears of it as of typing.
    reason.dispatchEvent(new Event("input", { bubbles: true }));
    reason.focus();
  });

  select.addEventListener("change", show);
  show();
  select.closest(".field").append(button);
}
