// Keys of a list: j and k move, Enter opens, Space shows beside, x selects, [ and ] turn pages, / searches, ? tells the keys.
(() => {
  const { $, $$, showPreview, previewIsOpen } = window.meridian;
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") || $("dialog[open]");
  const rows = () => $$("table[data-list] tbody tr");
  const current = () => $("table[data-list] tr.at");

  function goTo(row) {
    if (!row) return;
    current()?.classList.remove("at");
    row.classList.add("at");
    row.scrollIntoView({ block: "nearest" });
    $("a, input", row)?.focus({ preventScroll: true });
    const link = $("a.row-link", row);
    if (link) link.focus({ preventScroll: true });
    if (previewIsOpen() && row.dataset.href) showPreview(row.dataset.href);
  }
  function step(by) {
    const all = rows();
    const at = all.indexOf(current());
    goTo(all[Math.max(0, Math.min(all.length - 1, at + by))]);
  }
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    " ": () => current()?.dataset.href && showPreview(current().dataset.href),
    x: () => $("td.row-box input", current() ?? document.createElement("tr"))?.click(),
    "[": () => $("a[rel=prev]")?.click(),
    "]": () => $("a[rel=next]")?.click(),
    "/": () => ($("[data-search]") ? $("[data-search]").select() : $("[data-palette-open]")?.click()),
    e: nextMasked,
    "?": () => $("#keys")?.showModal(),
  };
  // On a record, a part of the page may name its key: a link or button is pressed, a field gets the focus.
  function partOf(key) {
    const part = /^[a-z]$/.test(key) ? $(`#main [data-page-key="${key}"]`) : null;
    return part && (() => (part.matches("input, select, textarea") ? part.focus() : part.click()));
  }
  function nextMasked() {
    const eyes = $$("#main [data-reveal]");
    eyes[(eyes.indexOf(document.activeElement) + 1) % eyes.length]?.focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && event.target.matches("[data-search]")) {  // from what was typed to what was found
      event.preventDefault();
      current()?.classList.remove("at");
      return step(1);
    }
    const act = keys[event.key] ?? partOf(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || !act || isTyping(event.target)) return;
    if (event.key === " " && (!current() || event.target.closest("button, summary, input"))) return; // Space also presses and scrolls
    event.preventDefault();
    act();
  });
  // A click anywhere in a row opens it, as its link does; text that is being selected is left alone.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-list] tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
    if (event.target.closest("td.row-box")) { $("input", row).click(); return; }
    if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener"); else location.href = row.dataset.href;
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("table[data-list] tbody tr");
    if (row && row !== current()) { current()?.classList.remove("at"); row.classList.add("at"); }
  });
})();
