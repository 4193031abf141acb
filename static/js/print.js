// Adds a button that prints the page.
for (const row of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.textContent = row.dataset.print;
  button.addEventListener("click", () => window.print());
  row.append(button);
}
