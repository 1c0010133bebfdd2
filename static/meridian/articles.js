// Articles beside a ticket: a button puts its text into the answer, where the cursor stands, and notes that it was used.
(function () {
  "use strict";

  function composer() {
    return document.querySelector("[data-composer] textarea, textarea[data-composer], form.composer textarea, #id_text");
  }

  function insert(field, text) {
    const start = field.selectionStart ?? field.value.length;
    const before = field.value.slice(0, start), after = field.value.slice(field.selectionEnd ?? start);
    const gap = before && !before.endsWith("\n") ? "\n\n" : "";
    field.value = before + gap + text + after;
    field.selectionStart = field.selectionEnd = (before + gap + text).length;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const field = button && composer();
    if (!field) return;
    insert(field, button.dataset.insert);
    window.htmx.ajax("POST", button.dataset.use, { swap: "none" });
  });
})();
