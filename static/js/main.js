// Loads what the page in question can use. Every page works without any of this.
const parts = [
  ["form[data-support]", "./support.js"],
  ["form[data-draft], [data-draft-done]", "./draft.js"],
  ["[data-copy]", "./copy.js"],
  ["[data-print]", "./print.js"],
  ["[data-limit], [data-show]", "./fields.js"],
  ["details.menu", "./menu.js"],
];

for (const [found, module] of parts) {
  if (document.querySelector(found)) import(module);
}
