// The frame: theme, menu on a phone, palette, dialogs, toasts, side preview.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);

  function setTheme(theme, button) {
    document.documentElement.dataset.bsTheme = theme;
    try { localStorage.setItem("theme", theme); } catch (error) { /* a private window keeps nothing */ }
    if (button.dataset.save) {
      fetch(button.dataset.save, { method: "POST", headers: { "X-CSRFToken": csrf(), "Content-Type": "application/x-www-form-urlencoded" }, body: "theme=" + theme });
    }
    document.dispatchEvent(new CustomEvent("meridian:theme"));
  }
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];

  function menu(open) {
    $("#side").classList.toggle("open", open);
    $(".side-cover").hidden = !open;
    const button = $("[data-menu]");
    button.setAttribute("aria-expanded", open);
    if (open) $("#side a").focus(); else button.focus();
  }

  function openPalette() {
    const dialog = $("#palette");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const input = $("input", dialog);
    input.value = "";
    htmx.trigger(input, "palette");
  }

  function toast(text, tone = "red") {
    const box = document.createElement("p");
    box.className = "toast-x tone-" + tone;
    box.textContent = text;
    $("#toasts").append(box);
    setTimeout(() => box.remove(), 8000);
  }

  document.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    const toggle = near("[data-theme-toggle]");
    if (toggle) setTheme(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark", toggle);
    if (near("[data-menu]")) menu(!$("#side").classList.contains("open"));
    if (near("[data-menu-close]")) menu(false);
    if (near("[data-palette-open]")) openPalette();
    if (near("[data-dismiss]")) near("[data-dismiss]").parentElement.remove();
    const opener = near("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
    if (near("[data-close]")) near("dialog").close();
    if (near("[data-preview-close]")) closePreview();
    if (event.target.tagName === "DIALOG") event.target.close();
    const hit = near("#palette [data-href]");
    if (hit) location.href = hit.dataset.href;
    document.querySelectorAll("details.menu[open]").forEach((open) => { if (!open.contains(event.target)) open.open = false; });
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
    if (event.key === "Escape") {
      if ($("#side.open")) menu(false);
      closePreview();
      document.querySelectorAll("details.menu[open]").forEach((open) => { open.open = false; $("summary", open).focus(); });
    }
    const dialog = $("#palette");
    if (dialog && dialog.open) movePalette(dialog, event);
  });

  function movePalette(dialog, event) {
    const hits = [...dialog.querySelectorAll("[data-href]")];
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!hits.length) return;
      const next = hits[(at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length];
      hits.forEach((hit) => hit.setAttribute("aria-selected", hit === next));
      $("input", dialog).setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter" && at >= 0) { event.preventDefault(); location.href = hits[at].dataset.href; }
  }

  function closePreview() { const side = $("#preview"); if (side && !side.hidden) { side.hidden = true; side.replaceChildren(); } }
  window.meridian = {
    preview(url) {
      const side = $("#preview");
      side.hidden = false;
      htmx.ajax("GET", url + (url.includes("?") ? "&" : "?") + "preview=1", { target: "#preview", swap: "innerHTML" });
    },
    toast,
  };

  document.addEventListener("htmx:responseError", () => toast(document.body.dataset.failed));
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.failed));
  document.addEventListener("change", (event) => {
    const columns = event.target.closest("[data-columns]");
    if (!columns) return;
    event.stopPropagation();
    const keys = [...columns.querySelectorAll("input:checked")].map((box) => box.value);
    const address = new URL(location.href);
    address.searchParams.set("columns", keys.join(","));
    address.searchParams.delete("cursor");
    location.href = address;
  }, true);
  document.addEventListener("htmx:pushedIntoHistory", () => {
    const kept = $("[data-current-query]");
    if (!kept) return;
    const query = new URLSearchParams(location.search);
    query.delete("cursor");
    kept.value = query.toString();
  });
  // Where a page is within the side bar: the longest address that begins this one.
  const places = [...document.querySelectorAll("[data-nav]")].filter((place) => place.pathname !== "/" && location.pathname.startsWith(place.pathname));
  places.sort((a, b) => b.pathname.length - a.pathname.length);
  if (places[0] && !$("[data-nav][aria-current]")) places[0].setAttribute("aria-current", "page");
})();
