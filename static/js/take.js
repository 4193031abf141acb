// What one takes along: a button that copies, and one that prints.
import { say } from "./partials.js";

if (navigator.clipboard) {
  for (const box of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = box.dataset.copy;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(box.querySelector("code").textContent.trim());
      } catch {
        return; // Not allowed here; the text itself is beside the button.
      }
      button.textContent = box.dataset.copied;
      say(box.dataset.copied);
    });
    box.append(button);
  }
}

for (const row of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.textContent = row.dataset.print;
  button.addEventListener("click", () => window.print());
  row.append(button);
}
