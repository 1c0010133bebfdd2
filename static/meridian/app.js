// The frame: theme, menu on a phone, menus, palette, dialogs, toasts, preview, revealing a masked value, fresh relative times.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = document.body.dataset;
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
  const send = (url, fields) => fetch(url, {
    method: "POST", headers: { "X-CSRFToken": csrf() }, body: new URLSearchParams(fields), redirect: "manual",
  });
  // Where the server wants to know first who this is, the same is sent again once it does (session.js).
  async function post(url, fields) {
    const answer = await send(url, fields);
    return answer.headers.has("X-Reauthenticate") && await window.meridian.proveIdentity() ? send(url, fields) : answer;
  }

  // Theme
  function setTheme(theme, saveUrl) {
    document.documentElement.dataset.bsTheme = theme;
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("theme", theme); } catch (error) { /* a private window keeps nothing */ }
    if (saveUrl) post(saveUrl, { theme }).catch(() => {}); // this browser keeps it; the account follows another time
    document.dispatchEvent(new CustomEvent("meridian:theme"));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    if (document.documentElement.dataset.theme === "system") {
      document.documentElement.dataset.bsTheme = event.matches ? "dark" : "light";
      document.dispatchEvent(new CustomEvent("meridian:theme"));
    }
  });

  // The menu on a phone: what lies behind it cannot be reached until it closes.
  const side = $("#side");
  const behind = () => [$(".col-main"), $("#preview")].filter(Boolean);
  const menuIsOpen = () => side && side.classList.contains("open");
  function menu(open) {
    side.classList.toggle("open", open);
    $(".side-cover").hidden = !open;
    behind().forEach((part) => { part.inert = open; });
    $("[data-menu]").setAttribute("aria-expanded", open);
    if (open) $(".nav-i[aria-current]", side)?.focus() ?? $("a", side).focus();
    else $("[data-menu]").focus();
  }
  matchMedia("(min-width: 901px)").addEventListener("change", (event) => { if (event.matches && menuIsOpen()) menu(false); });

  // Menus
  const closeMenus = (except) => $$("details.menu[open]").forEach((open) => { if (!except || !open.contains(except)) open.open = false; });
  document.addEventListener("toggle", (event) => {
    const notes = event.target.matches?.("details[data-notes]") && event.target.open && $("#bell-menu");
    if (notes) htmx.ajax("GET", notes.dataset.src, { source: notes, target: notes, swap: "innerHTML" });
  }, true);

  // Palette
  function openPalette() {
    const dialog = $("#palette");
    if (!dialog || dialog.open) return;
    $$("dialog[open]").forEach((open) => open.close());
    dialog.showModal();
    const input = $("input", dialog);
    input.value = "";
    htmx.trigger(input, "palette");
  }
  function movePalette(event, dialog) {
    const hits = $$("[data-href]", dialog);
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "Enter" && at >= 0) { event.preventDefault(); location.href = hits[at].dataset.href; }
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || !hits.length) return;
    event.preventDefault();
    const next = hits[(at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length];
    hits.forEach((hit) => hit.setAttribute("aria-selected", hit === next));
    $("input", dialog).setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "palette-list") $("#palette input").setAttribute("aria-activedescendant", $("[data-href]", event.target)?.id ?? "");
  });

  // Toasts
  function toast(text, tone = "info") {
    const box = $("#toast-template").content.firstElementChild.cloneNode(true);
    box.className = `toast-x tone-${tone}`;
    $("span", box).textContent = text;
    $("#toasts").append(box);
    leaveLater(box);
  }
  // Words of success go by themselves, unless the pointer rests on them or they offer a way back; what failed stays.
  function leaveLater(box) {
    if (box.matches(".tone-red, .tone-error, .tone-warning")) return;
    const wait = $("button:not([data-dismiss])", box) ? 15000 : 6000;
    setTimeout(() => { if (box.matches(":hover, :focus-within")) leaveLater(box); else box.remove(); }, wait);
  }
  $$(".toast-x").forEach(leaveLater);
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));

  // The row beside the list
  const preview = $("#preview");
  function showPreview(url) {
    $("[data-preview-open]", preview).href = url;
    preview.hidden = false;
    htmx.ajax("GET", url + (url.includes("?") ? "&" : "?") + "preview=1", { source: preview, target: "#preview-body", swap: "innerHTML" });
  }
  function closePreview() {
    preview.hidden = true;
    $("#preview-body").replaceChildren();
  }
  // A record that answers with its whole page shows the part of it that stands under its heading.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "preview-body" && /^\s*<!doctype/i.test(event.detail.serverResponse)) {
      event.detail.selectOverride = event.detail.serverResponse.includes("data-preview") ? "[data-preview]" : "#main > *";
    }
  });

  // Masked values
  let asked = null;
  function askWhy(button) {
    asked = button;
    $("#reveal-problem").textContent = "";
    $("#reveal form").reset();
    $("#reveal").showModal();
  }
  async function reveal(event) {
    event.preventDefault();
    const value = asked.previousElementSibling;
    let answer;
    try { answer = await post(asked.dataset.reveal, { reason_kind: $("#reveal-kind").value, reason: $("#reveal-reason").value }); } catch (error) { answer = null; }
    if (!answer?.ok) {
      $("#reveal-problem").textContent = [403, 422, 429].includes(answer?.status) ? await answer.text() : answer ? words.failed : words.offline;
      return;
    }
    value.textContent = (await answer.text()).trim();
    value.classList.add("is-open");
    $("#reveal").close();
    const close = () => { value.textContent = value.dataset.masked; value.classList.remove("is-open"); };
    setTimeout(close, 1000 * (Number(answer.headers.get("X-Reveal-Seconds")) || 30));
    addEventListener("pagehide", close, { once: true });
  }

  // One listener for every click and key of the frame
  document.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    closeMenus(event.target);
    if (near("[aria-disabled=true]")) event.preventDefault();
    const theme = near("[data-theme-toggle]");
    if (theme) setTheme(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark", theme.dataset.save);
    if (near("[data-menu]")) menu(!menuIsOpen());
    if (near("[data-menu-close]")) menu(false);
    if (near("[data-palette-open]")) openPalette();
    if (near("[data-keys-open]")) { closeMenus(); $("#keys").showModal(); }
    if (near("[data-dismiss]")) near(".toast-x").remove();
    if (near("[data-dialog]")) document.getElementById(near("[data-dialog]").dataset.dialog).showModal();
    if (near("[data-close]")) near("dialog").close();
    if (near("[data-preview-close]")) closePreview();
    if (near("[data-reveal]")) askWhy(near("[data-reveal]"));
    const aside = near("[data-aside]");
    if (aside && preview && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); showPreview(aside.getAttribute("href")); preview.focus(); }
    if (near("[data-print]")) print();
    if (event.target.tagName === "DIALOG") event.target.close(); // the veil
    const hit = near("#palette [data-href]");
    if (hit) location.href = hit.dataset.href;
  });
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-reveal-form]")) reveal(event); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
    const palette = $("#palette[open]");
    if (palette) movePalette(event, palette);
    if (event.key !== "Escape" || $("dialog[open]")) return;
    const opened = $("details.menu[open]");
    if (opened) { opened.open = false; $("summary", opened).focus(); } else if (menuIsOpen()) menu(false);
    else if (preview && !preview.hidden) closePreview();
  });

  // A page on paper has left the house: the log says so before the printer does.
  addEventListener("beforeprint", () => {
    if (!words.printed) return;
    const body = new URLSearchParams({ path: location.pathname });
    fetch(words.printed, { method: "POST", headers: { "X-CSRFToken": csrf() }, body, keepalive: true }).catch(() => {});
  });

  // Answers that are not what was asked for. A list keeps showing what it showed.
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.detail.elt.hasAttribute("data-poll") || status === 429 || event.detail.xhr.getResponseHeader("X-Reauthenticate")) return;
    toast(status === 503 || status === 504 ? words.late : status === 401 || status === 403 && !words.user ? words.signedOut : words.failed, "red");
  });
  document.addEventListener("htmx:sendError", (event) => { if (!event.detail.elt.hasAttribute("data-poll")) toast(words.offline, "red"); });
  // Sign-in answered in the place of a fragment: the session is over.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.serverResponse.includes("data-sign-in-page")) return;
    event.detail.shouldSwap = false;
    if (!event.detail.elt.hasAttribute("data-poll")) toast(words.signedOut, "red");
  });
  // What polls is no use of the session, and rests while nobody looks.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.hasAttribute("data-poll")) event.detail.headers["X-Background"] = "1";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.hasAttribute("data-poll")) event.preventDefault();
  });

  // Times that stay right
  const lang = document.documentElement.lang || "en";
  const said = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  function refreshTimes() {
    $$("time[data-relative]").forEach((time) => {
      const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
      const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
      time.textContent = said.format(Math.trunc(seconds / size), unit);
    });
  }
  setInterval(refreshTimes, 30000);

  if (/Mac|iPhone|iPad/.test(navigator.platform)) $$("[data-mod]").forEach((key) => { key.textContent = key.textContent.replace("Ctrl", "⌘"); });
  window.meridian = { $, $$, post, send, toast, showPreview, closePreview, previewIsOpen: () => preview && !preview.hidden };
})();
