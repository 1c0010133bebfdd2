// The visitor's window. What is written is kept until the server has it, each under a number that makes sending it twice harmless.
(() => {
  const $ = (id) => document.getElementById(id);
  const page = document.body.dataset;
  const words = JSON.parse($("words").textContent);
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  const ACTIVE = 1000, IDLE = 3000, HIDDEN = 15000, QUIET = 120000, WRITES = 4000;

  // Kept by this browser: the token, and what is not sent yet. A private window keeps it while the page is open.
  const memory = {};
  const keep = {
    get(name) { try { return localStorage.getItem(`chat.${name}`); } catch (error) { return memory[name] ?? null; } },
    set(name, value) {
      memory[name] = value;
      try { if (value === null) localStorage.removeItem(`chat.${name}`); else localStorage.setItem(`chat.${name}`, value); } catch (error) { /* kept in memory */ }
    },
  };
  // What is not sent yet is this tab's own: two tabs of one chat each send what was written in them.
  const keepHere = {
    get() { try { return JSON.parse(sessionStorage.getItem("chat.queue") ?? "[]"); } catch (error) { return []; } },
    set(queue) { try { sessionStorage.setItem("chat.queue", JSON.stringify(queue)); } catch (error) { /* kept in memory */ } },
  };
  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
  };
  const number = () => random().replaceAll("_", "-").slice(0, 22);

  // Who the company's own app says this is: behind the address' #, which no server is sent, and gone from it at once.
  const claim = new URLSearchParams(location.hash.slice(1)).get("customer") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);

  let token = keep.get("token"), state = "", version = "", last = 0, timer = 0, heard = Date.now(), wrote = 0, agent = "", failures = 0;
  let queue = keepHere.get(); // what the server does not have yet, oldest first

  async function ask(path, options = {}) {
    const headers = { "X-Chat-Token": token, "Accept-Language": page.language, ...(options.headers ?? {}) };
    return fetch(page.base + path, { credentials: "omit", cache: "no-store", ...options, headers });
  }
  const sendJson = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const problemOf = async (answer) => { try { return (await answer.json()).detail; } catch (error) { return words.refused; } };

  function show(part) {
    $("start").hidden = part !== "start";
    $("talk").hidden = part === "start";
    $("over").hidden = part !== "over";
    $("write-form").hidden = part === "over";
  }

  // Messages: text is text, whatever it looks like.
  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function draw(message) {
    const known = message.client_id && $("log").querySelector(`[data-client="${CSS.escape(message.client_id)}"]`);
    const row = known || element("div", message.mine ? "mine" : "");
    row.dataset.client = message.client_id ?? "";
    const at = message.at ? new Date(message.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : message.note;
    row.replaceChildren(element("span", "who", `${message.mine ? words.you : message.who} · ${at}`), element("span", "text", message.text));
    for (const file of message.files ?? []) {
      const link = element("button", "file", file.name);
      link.type = "button";
      link.addEventListener("click", () => download(`files/${file.id}/`, file.name));
      row.append(link);
    }
    if (!known) $("log").append(row);
    $("log").scrollTop = $("log").scrollHeight;
  }
  const waiting = (one, note) => draw({ mine: true, text: one.text, client_id: one.client_id, note });

  // Sending: in order, one after the other; what fails for want of a connection is tried again, what is refused is said.
  let isSending = false;
  const keepQueue = () => keepHere.set(queue);
  async function flush() {
    if (isSending || !queue.length || !token) return;
    isSending = true;
    try {
      while (queue.length) {
        const answer = await sendJson("write/", queue[0]);
        if (answer.status === 429 || answer.status >= 500) throw new Error("later");
        if (!answer.ok) { $("problem").textContent = await problemOf(answer); waiting(queue[0], words.refused); } else $("problem").textContent = "";
        queue.shift();
        keepQueue();
      }
      soon();
    } catch (error) {
      queue.forEach((one) => waiting(one, words.failed));
      $("problem").textContent = words.offline;
      setTimeout(flush, 3000);
    }
    isSending = false;
  }
  function write(text) {
    const one = { text, client_id: number() };
    queue.push(one);
    keepQueue();
    waiting(one, words.sending);
    flush();
  }

  // News
  function take(news) {
    failures = 0;
    version = news.version ?? version;
    if (news.typing !== undefined) $("typing").textContent = news.typing ? fill(words.writes, { agent }) : "";
    if (news.state === undefined) return;
    agent = news.agent;
    for (const message of news.messages.filter((one) => one.id > last)) {
      draw(message);
      last = message.id;
      heard = Date.now();
      if (!message.mine && document.hidden) unread += 1;
    }
    titleBadge();
    state = news.state;
    const said = { waiting: words.waiting, active: words.active, ended: news.ended_by === "silence" ? words.silence : words.ended }[state];
    $("status").textContent = fill(said, { place: news.place, agent: news.agent });
    show(state === "ended" ? "over" : "talk");
    $("rate-form").hidden = !news.may_rate;
    $("mail-form").hidden = !news.may_mail;
  }
  let unread = 0;
  const title = document.title;
  function titleBadge() {
    document.title = unread ? `(${unread}) ${title}` : title;
    if (parent !== window) page.embedders.split(" ").filter(Boolean).forEach((origin) => parent.postMessage({ meridianChat: "unread", unread }, origin));
  }

  async function poll() {
    clearTimeout(timer);
    if (!token) return;
    try {
      const typing = Date.now() - wrote < WRITES ? "&typing=1" : "";
      const answer = await ask(`poll/?since=${encodeURIComponent(version)}&after=${last}${typing}`);
      if (answer.status === 404) { forget(); return; }
      if (answer.status === 200) take(await answer.json());
      if (answer.ok && $("problem").textContent === words.offline) $("problem").textContent = "";
    } catch (error) {
      failures += 1;
      $("problem").textContent = words.offline;
    }
    if (state !== "ended") timer = setTimeout(poll, pause());
  }
  const pause = () => Math.min(failures ? ACTIVE * 2 ** failures : 0, HIDDEN) || (document.hidden ? HIDDEN : Date.now() - Math.max(heard, wrote) > QUIET ? IDLE : ACTIVE);
  const soon = () => { clearTimeout(timer); timer = setTimeout(poll, 0); };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { unread = 0; titleBadge(); soon(); } });
  addEventListener("online", () => { flush(); soon(); });
  addEventListener("storage", (event) => { if (event.key === "chat.token") location.reload(); }); // another tab opened or left it

  function forget() {
    keep.set("token", null);
    queue = [];
    keepQueue();
    token = null; state = ""; version = ""; last = 0;
    $("log").replaceChildren();
    $("status").textContent = "";
    show("start");
  }

  async function download(path, name) {
    const answer = await ask(path);
    if (!answer.ok) { $("problem").textContent = await problemOf(answer); return; }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // Forms
  let leaving = number();
  $("start-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target, typed = Object.fromEntries(new FormData(form));
    const body = { ...typed, language: page.language, queue: page.queue, customer_token: claim, client_id: leaving };
    const staffed = form.dataset.staffed === "1";
    if (!token) token = random(); // the same one if this fails and is tried again: it opens one chat
    $("start-problem").textContent = "";
    form.querySelector("button").disabled = true;
    try {
      const answer = await sendJson(staffed ? "start/" : "leave/", body);
      if (!answer.ok) $("start-problem").textContent = await problemOf(answer);
      else if (staffed) {
        keep.set("token", token);
        take(await answer.json());
        $("text").focus();
        soon();
      } else {
        $("status").textContent = fill(words.left, await answer.json());
        leaving = number();
        token = null;
        form.reset();
      }
    } catch (error) {
      $("start-problem").textContent = words.offline;
    }
    form.querySelector("button").disabled = false;
  });
  $("write-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    $("text").focus();
    if (!text) return;
    $("text").value = "";
    wrote = 0;
    write(text);
  });
  $("text").addEventListener("keydown", (event) => {
    // Enter chooses a word while one writes Chinese; it sends only outside of that.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("write-form").requestSubmit(); }
  });
  $("text").addEventListener("input", () => { wrote = $("text").value ? Date.now() : 0; });
  $("file").addEventListener("change", async (event) => {
    const chosen = event.target.files[0], body = new FormData();
    event.target.value = "";
    if (!chosen) return;
    if (chosen.size > Number(page.fileBytes)) { $("problem").textContent = words.tooLarge; return; }
    body.set("file", chosen);
    body.set("client_id", number());
    for (let turn = 0; turn < 4; turn += 1) { // the same number each time: it arrives once
      try {
        const answer = await ask("files/", { method: "POST", body });
        $("problem").textContent = answer.ok ? "" : await problemOf(answer);
        soon();
        return;
      } catch (error) { $("problem").textContent = words.offline; await new Promise((later) => { setTimeout(later, 2000); }); }
    }
  });
  $("end").addEventListener("click", async () => {
    try {
      const answer = await ask("end/", { method: "POST" });
      if (answer.ok) take(await answer.json());
    } catch (error) { $("problem").textContent = words.offline; }
  });
  $("rate-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const rating = new FormData(event.target).get("rating");
    if (!rating) return;
    try {
      const answer = await sendJson("rate/", { rating });
      $("rate-form").hidden = answer.ok;
      $("status").textContent = answer.ok ? words.thanks : await problemOf(answer);
    } catch (error) { $("problem").textContent = words.offline; }
  });
  $("mail-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.target.querySelector("button");
    button.disabled = true;
    try {
      const answer = await sendJson("transcript/mail/", { email: $("email").value });
      $("mail-form").hidden = answer.ok;
      $("mail-problem").textContent = answer.ok ? "" : await problemOf(answer);
      if (answer.ok) $("status").textContent = words.mailed;
    } catch (error) { $("mail-problem").textContent = words.offline; }
    button.disabled = false;
  });
  $("transcript").addEventListener("click", () => download("transcript/", "chat.txt"));
  $("again").addEventListener("click", forget);

  if (parent !== window) page.embedders.split(" ").filter(Boolean).forEach((origin) => parent.postMessage({ meridianChat: "ready" }, origin));
  if (token) { show("talk"); queue.forEach((one) => waiting(one, words.sending)); poll(); flush(); }
})();
