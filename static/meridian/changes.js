// Approvals by keys: on a row of the inbox a and r open the request with the decision in focus; on its page they decide.
(() => {
  const { $ } = window.meridian;
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") || $("dialog[open]");

  function decide(form, key) {
    const comment = $("textarea", form);
    if (key === "r" && !comment.value.trim()) { comment.required = true; comment.focus(); return; }
    $(`[data-key="${key}"]`, form).focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["a", "r"].includes(event.key) || isTyping(event.target)) return;
    const form = $("[data-decide]");
    const row = $("[data-inbox]") && $("table[data-list] tr.at");
    if (!form && !row?.dataset.href) return;
    event.preventDefault();
    if (form) decide(form, event.key); else location.href = `${row.dataset.href}?act=${event.key}`;
  });
  // Ctrl+Enter in the comment: refuse if that is what was begun, else approve.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-decide]");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    $(`[data-key="${$("textarea", form).required ? "r" : "a"}"]`, form).click();
  });
  const opened = $("[data-decide]");
  if (opened && ["a", "r"].includes(opened.dataset.decide)) decide(opened, opened.dataset.decide);
})();
