// Lists: filters that stay in the address, chips that lift them, columns that are remembered, rows that are selected.
(() => {
  const { $, $$ } = window.meridian;

  // An address without empty parameters, and always back on the first page.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id !== "filters") return;
    const kept = event.detail.parameters;
    [...kept.keys()].forEach((key) => { if (kept.getAll(key).every((value) => value === "")) kept.delete(key); });
  });

  const showCounts = () => $$("#filters [data-filter]").forEach((menu) => {
    const chosen = $$("input", menu).filter((input) => (input.type === "checkbox" ? input.checked : input.value)).length;
    const count = $(".count", menu);
    count.textContent = chosen;
    count.hidden = !chosen;
    menu.classList.toggle("in-force", chosen > 0);
  });

  // A chip takes its value out of the form above, which then asks for the rows itself.
  function lift(chip) {
    const field = $$(`#filters [name="${CSS.escape(chip.dataset.lift)}"]`).filter((one) => one.type !== "checkbox" || one.value === chip.dataset.liftValue)[0];
    if (!field) return false;
    if (field.type === "checkbox") field.checked = false; else field.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  // A named span of days fills both ends of its range.
  function takeSpan(button) {
    const ends = $$("input", button.closest("fieldset"));
    ends[0].value = button.dataset.first;
    ends[1].value = button.dataset.last;
    ends[1].dispatchEvent(new Event("change", { bubbles: true }));
    button.closest("details").open = false;
  }

  // Columns: kept by this browser for this list, drawn by the server.
  function keepColumns(box) {
    const list = box.closest(".list");
    const keys = $$("[data-columns] input:checked", list).map((one) => one.value);
    if (!keys.length) { box.checked = true; return; }
    document.cookie = `${list.dataset.cookie}=${keys.join(".")}; path=${location.pathname}; max-age=31536000; samesite=lax`;
    const address = new URL(location.href);
    ["columns", "cursor"].forEach((key) => address.searchParams.delete(key));
    htmx.ajax("GET", address.pathname + address.search, { source: "#rows", target: "#rows", swap: "innerHTML" });
  }

  // Selection
  const bulk = () => $("#bulk");
  const boxes = () => $$("td.row-box input");
  function showSelection() {
    const form = bulk();
    if (!form) return;
    const ticked = boxes().filter((box) => box.checked);
    const all = form.elements.all.value === "1";
    const head = $("[data-tick-page]");
    boxes().forEach((box) => box.closest("tr").classList.toggle("ticked", box.checked));
    if (head) { head.checked = ticked.length > 0 && ticked.length === boxes().length; head.indeterminate = ticked.length > 0 && !head.checked; }
    form.hidden = !ticked.length;
    const said = $("[data-bulk-count]", form);
    said.textContent = all ? said.dataset.all : ticked.length === 1 ? said.dataset.one : said.dataset.many.replace("{n}", ticked.length);
    $("[data-bulk-all]", form).hidden = all || !head?.checked || !$("a[rel=next], a[rel=prev]");
  }
  function tick(value) {
    boxes().forEach((box) => { box.checked = value; });
    bulk().elements.all.value = "";
    showSelection();
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-columns]")) { event.stopPropagation(); keepColumns(event.target); return; }
    if (event.target.matches("[data-tick-page]")) tick(event.target.checked);
    if (event.target.matches("td.row-box input")) { bulk().elements.all.value = ""; showSelection(); }
    if (event.target.closest("#filters")) showCounts();
  }, true);
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-lift]");
    if (chip && !event.ctrlKey && !event.metaKey && lift(chip)) event.preventDefault();
    const span = event.target.closest("[data-first]");
    if (span) takeSpan(span);
    if (event.target.closest("[data-filters]")) event.target.closest("[data-filters]").setAttribute("aria-expanded", $("#filters").classList.toggle("open"));
    if (event.target.closest("[data-bulk-none]")) tick(false);
    if (event.target.closest("[data-bulk-all]")) { bulk().elements.all.value = "1"; showSelection(); }
  });
  // With a range of ticks: the boxes between the last click and this one, with Shift.
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest("td.row-box input");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
      showSelection();
    }
    last = box;
  });

  // What is saved, exported or acted on is what the list shows now.
  function tellQuery() {
    const query = $("[data-query-now]")?.dataset.queryNow;
    if (query !== undefined) $$("[data-list-query]").forEach((field) => { field.value = query; });
  }
  function afterRows() { tellQuery(); showCounts(); showSelection(); }
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "rows") { if (bulk()) bulk().elements.all.value = ""; afterRows(); } });
  addEventListener("pageshow", afterRows);
})();
