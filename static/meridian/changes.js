// Approvals by keys: on a row of the inbox a and r open the request at the decision; on its page a goes to the button that
// approves, r asks why it is refused. Each verdict is a form of its own, so that Ctrl+Enter never sends the other one.
(() => {
  const { $ } = window.meridian;
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") || $("dialog[open]");

  function decide(key) {
    if (key === "a") { $("[data-decide] [data-key=a]").focus(); return; }
    $("#refuse").showModal();
    $("#refuse textarea").focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["a", "r"].includes(event.key) || isTyping(event.target)) return;
    const row = $("[data-inbox]") && $("table[data-list] tr.at");
    if (row?.dataset.href) { event.preventDefault(); location.href = `${row.dataset.href}?act=${event.key}`; return; }
    if ($("[data-decide]")) { event.preventDefault(); decide(event.key); }
  });
  const asked = $("[data-decide]")?.dataset.decide;
  if (["a", "r"].includes(asked)) decide(asked);
})();
