// Lists by keyboard: j and k move, Enter opens, Space shows beside, / searches, ? tells the keys.
(() => {
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]");
  const rows = () => [...document.querySelectorAll("table[data-list] tbody tr[data-href]")];
  let at = -1;

  function select(place) {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(place, all.length - 1));
    all.forEach((row, number) => row.classList.toggle("selected", number === at));
    all[at].scrollIntoView({ block: "nearest" });
    const link = all[at].querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows()[at];
    if (event.key === "j") select(at + 1);
    else if (event.key === "k") select(at - 1);
    else if (event.key === "/") { const search = document.querySelector("[data-search]"); if (search) { event.preventDefault(); search.focus(); search.select(); } }
    else if (event.key === "?") document.getElementById("keys").showModal();
    else if (event.key === " " && row) { event.preventDefault(); window.meridian.preview(row.dataset.href); }
    else if (event.key === "Enter" && row && event.target === document.body) location.href = row.dataset.href;
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-list] tbody tr[data-href]");
    if (row && !event.target.closest("a, button, input, label") && !getSelection().toString()) location.href = row.dataset.href;
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "rows") at = -1; });
})();
