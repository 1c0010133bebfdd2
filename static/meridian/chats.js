// The agents' side: one question a second for all chats at once; drawn text comes from the server, where it is escaped.
(() => {
  const { $, $$, post, toast } = window.meridian;
  const desk = $("#chat-desk");
  if (!desk) return;
  const words = desk.dataset;
  const panes = $("#chat-panes");
  const paneOf = (chat) => $(`#chat-${chat}`);
  const open = () => $$(".chat-pane", panes);
  const mine = () => open().filter((pane) => "own" in pane.dataset);
  const wrote = new Map(); // chat → when its answer was last typed at
  const address = (chat, act) => `${words.base}${chat}/${act}`;
  let version = words.version, timer = 0, failures = 0;

  // Asking
  async function poll() {
    clearTimeout(timer);
    const shown = open().map((pane) => `${pane.dataset.chat}:${pane.dataset.last}`).join(",");
    const typing = [...wrote].filter(([, at]) => Date.now() - at < 4000).map(([chat]) => chat).join(",");
    try {
      const answer = await fetch(`${words.news}?${new URLSearchParams({ since: version, chats: shown, typing })}`, { headers: { "X-Background": "1" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) { toast(document.body.dataset.signedOut, "red"); return; }
      if (answer.status === 200) take(await answer.json());
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 3) toast(words.lost, "red");
    }
    timer = setTimeout(poll, document.hidden ? 3000 : Math.min(1000 * 2 ** failures, 15000));
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(poll, 0); };

  function take(news) {
    version = news.version;
    const focused = document.activeElement?.dataset;
    $("#chat-list").innerHTML = news.list;
    if (focused?.open || focused?.accept) $(`[data-open="${focused.open ?? focused.accept}"], [data-accept="${focused.accept ?? focused.open}"]`, $("#chat-list"))?.focus();
    for (const chat of news.mine) if (!paneOf(chat)) show(chat);
    for (const chat of news.chats) follow(chat);
    badge();
  }
  function follow(chat) {
    const pane = paneOf(chat.id);
    if (!pane) return;
    // Handed on, ended or linked meanwhile: the pane is drawn anew, with what is typed in it.
    if (("own" in pane.dataset) !== (chat.own && chat.state === "active") || (pane.dataset.customer ?? chat.customer) !== chat.customer) show(chat.id);
    pane.dataset.customer = chat.customer;
    $("[data-sign]", pane).textContent = { typing: words.typing, here: words.here, away: words.away }[chat.visitor] ?? "";
    if (!chat.html) return;
    const log = $(".chat-said", pane), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    log.insertAdjacentHTML("beforeend", chat.html);
    pane.dataset.last = chat.last;
    if (atEnd) log.scrollTop = log.scrollHeight;
    if (pane.contains(document.activeElement) && !document.hidden) read(pane);
  }
  async function show(chat) {
    const answer = await fetch(address(chat, ""), { headers: { "X-Background": "1" } });
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const drawn = holder.content.firstElementChild, before = paneOf(chat);
    const from = before && $("textarea", before), to = $("textarea", drawn), isTyping = from && from === document.activeElement;
    if (from && to) carry(from, to);
    if (before) before.replaceWith(drawn); else $(".chat-none", panes).before(drawn);
    if (isTyping && to) { to.focus(); to.setSelectionRange(from.selectionStart, from.selectionEnd); }
    $(".chat-said", drawn).scrollTop = 1e6;
    $(".chat-none", panes).hidden = true;
    return drawn;
  }

  // What is typed, and what goes with it when it is sent, into the pane that is drawn anew
  function carry(from, to) {
    to.value = from.value;
    for (const name of ["macro", "number"]) if (name in from.form.dataset) to.form.dataset[name] = from.form.dataset[name];
  }

  // What waits to be read: in the list, and before the page's title
  function badge() {
    const unread = $$("[data-unread]", $("#chat-list")).reduce((sum, one) => sum + Number(one.textContent), 0);
    const waiting = $$("[data-accept]", $("#chat-list")).length;
    document.title = (unread + waiting ? `(${unread + waiting}) ` : "") + words.title;
  }
  function read(pane) {
    const last = $$(".chat-in", pane).at(-1)?.dataset.id;
    if (!last || pane.dataset.read === last || !("own" in pane.dataset)) return;
    pane.dataset.read = last;
    post(address(pane.dataset.chat, "read/"), { up_to: last }).catch(() => { delete pane.dataset.read; });
    $(`[data-open="${pane.dataset.chat}"] [data-unread]`)?.remove();
    badge();
  }

  // Acting
  async function act(chat, name, fields = {}) {
    let answer = null;
    try { answer = await post(address(chat, name), fields); } catch (error) { toast(words.lost, "red"); return null; }
    if (answer.status === 422 || answer.status === 403) { toast(answer.status === 422 ? await answer.text() : words.gone, "red"); soon(); return null; }
    soon();
    return answer.ok ? answer : null;
  }
  async function accept(chat) {
    const answer = chat ? await act(chat, "accept/") : await act("next", "");
    if (!answer) return;
    const pane = await show((await answer.json()).chat);
    focus(pane);
  }
  function focus(pane) {
    if (!pane) return;
    ($("textarea", pane) ?? pane).focus();
    pane.scrollIntoView({ block: "nearest", inline: "nearest" });
    read(pane);
  }
  const number = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  async function write(form) {
    const pane = form.closest(".chat-pane"), area = $("textarea", form), text = area.value.trim(), chat = pane.dataset.chat;
    if (!text || form.dataset.busy) return;
    form.dataset.busy = "1";
    form.dataset.number ||= number(); // stays until the server has it, so that trying again says it once
    wrote.delete(chat);
    try {
      const answer = await post(address(chat, "write/"), { text, client_id: form.dataset.number, macro: form.dataset.macro ?? "" });
      $("[data-problem]", pane).textContent = answer.ok ? "" : answer.status === 422 ? await answer.text() : words.unsent;
      if (answer.ok) { if (area.value.trim() === text) area.value = ""; delete form.dataset.number; delete form.dataset.macro; soon(); } else if (answer.status === 422) delete form.dataset.number;
    } catch (error) { $("[data-problem]", pane).textContent = words.lost; }
    delete form.dataset.busy;
  }
  async function end(pane, resolve) {
    if (!await act(pane.dataset.chat, "end/", { resolve })) return;
    const next = mine().find((one) => one !== pane);
    pane.remove();
    $(".chat-none", panes).hidden = open().length > 0;
    focus(next);
  }
  let finding = 0;
  function find(input) {
    clearTimeout(finding);
    finding = setTimeout(async () => {
      const select = $("select", input.form);
      const answer = input.value.trim() && await fetch(`${words.customers}?${new URLSearchParams({ q: input.value })}`);
      const found = answer?.ok ? (await answer.json()).customers : [];
      select.replaceChildren(...found.map((one) => new Option(`${one.name} · ${one.reference}`, one.reference)));
      select.hidden = !found.length;
      $("[data-problem]", input.closest(".chat-pane")).textContent = found.length || !input.value.trim() ? "" : words.nobody;
    }, 250);
  }

  async function sendFile(input) {
    const pane = input.closest(".chat-pane"), body = new FormData();
    body.set("file", input.files[0]);
    body.set("client_id", number());
    input.value = "";
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
    try {
      const answer = await fetch(address(pane.dataset.chat, "file/"), { method: "POST", body, headers: { "X-CSRFToken": token } });
      $("[data-problem]", pane).textContent = answer.ok ? "" : answer.status === 422 ? await answer.text() : words.unsent;
      soon();
    } catch (error) { $("[data-problem]", pane).textContent = words.lost; }
  }
  async function insertMacro(select) {
    const chat = select.closest(".chat-pane").dataset.chat, chosen = select.value;
    select.value = "";
    if (!chosen) return;
    const answer = await fetch(address(chat, `macros/${chosen}/`)), said = answer.ok ? await answer.text() : "";
    const pane = paneOf(chat), area = pane && $("textarea", pane); // as it stands now: it may have been drawn anew meanwhile
    if (!area) return;
    if (said) {
      area.value = [area.value.trim(), said].filter(Boolean).join("\n");
      area.form.dataset.macro = chosen; // its tags, priority and queue go with the answer
    }
    area.focus();
  }
  desk.addEventListener("change", (event) => {
    if (event.target.matches("[data-chat-file]") && event.target.files.length) sendFile(event.target);
    if (event.target.matches("[data-chat-macro]")) insertMacro(event.target);
  });
  desk.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    if (near("[data-take-next]")) accept();
    if (near("[data-accept]")) accept(near("[data-accept]").dataset.accept);
    if (near("[data-open]")) { const chat = near("[data-open]").dataset.open; if (paneOf(chat)) focus(paneOf(chat)); else show(chat).then(focus); }
    if (near("[data-chat-end]")) end(near(".chat-pane"), near("[data-chat-end]").dataset.chatEnd);
    if (near("[data-chat-close]")) { near(".chat-pane").remove(); $(".chat-none", panes).hidden = open().length > 0; }
  });
  desk.addEventListener("focusin", (event) => { const pane = event.target.closest(".chat-pane"); if (pane) read(pane); });
  desk.addEventListener("input", (event) => {
    if (event.target.matches("[data-find-customer]")) find(event.target);
    if (event.target.matches(".chat-write textarea")) wrote.set(event.target.closest(".chat-pane").dataset.chat, event.target.value ? Date.now() : 0);
  });
  desk.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (event.target.matches("[data-chat-write]")) write(event.target);
    if (event.target.matches("[data-chat-act]")) {
      const pane = event.target.closest(".chat-pane");
      if (await act(pane.dataset.chat, `${event.target.dataset.chatAct}/`, new FormData(event.target))) show(pane.dataset.chat);
    }
  });
  document.addEventListener("keydown", (event) => {
    // Enter chooses a word while one writes Chinese; it sends only outside of that.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches?.(".chat-write textarea")) { event.preventDefault(); event.target.form.requestSubmit(); }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.code === "KeyN") { event.preventDefault(); accept(); }
    const place = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (place && mine()[place - 1]) { event.preventDefault(); focus(mine()[place - 1]); }
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  open().forEach((pane) => { $(".chat-said", pane).scrollTop = 1e6; });
  badge();
  timer = setTimeout(poll, 1000);
})();
