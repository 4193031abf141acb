// Small helps in fields: how many characters are left, and a look at the password.
for (const field of document.querySelectorAll("[data-limit]")) {
  const line = document.getElementById(`${field.id}-count`);
  if (!line) continue;
  const limit = Number(field.dataset.limit);
  const show = () => {
    // Line breaks count once, as on the server.
    const left = limit - [...field.value].length;
    const near = left < limit / 5;
    line.textContent = near ? line.dataset[left < 0 ? "over" : "left"].replace("{n}", Math.abs(left)) : "";
    line.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", show);
  show();
}

for (const box of document.querySelectorAll("[data-show]")) {
  const field = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small button-quiet";
  button.textContent = box.dataset.show;
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = hidden ? box.dataset.hide : box.dataset.show;
  });
  field.form?.addEventListener("submit", () => { field.type = "password"; });
  box.append(button);
}
