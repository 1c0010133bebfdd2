// The session: a warning before it ends for want of use, and the question who is there before what matters most.
(() => {
  const { $, send } = window.meridian;
  const words = document.body.dataset;

  // Who is there? One question at a time; whoever waits for it hears whether it was answered.
  let waiting = null;
  function proveIdentity() {
    const dialog = $("#reauthenticate");
    if (!dialog) return Promise.resolve(false);
    if (!waiting) {
      $("form", dialog).reset();
      $("[role=alert]", dialog).textContent = "";
      dialog.showModal();
      let settle;
      const promise = new Promise((resolve) => { settle = resolve; });
      waiting = { promise, settle };
      dialog.addEventListener("close", () => { settle(dialog.returnValue === "proved"); waiting = null; dialog.returnValue = ""; }, { once: true });
    }
    return waiting.promise;
  }
  window.meridian.proveIdentity = proveIdentity;
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-proof-form]");
    if (!form) return;
    event.preventDefault();
    let answer = null;
    try { answer = await send(form.action, new FormData(form)); } catch (error) { /* said below */ }
    if (answer?.status === 204) $("#reauthenticate").close("proved");
    else $("[role=alert]", form).textContent = answer?.status === 422 || answer?.status === 429 ? await answer.text() : answer ? words.failed : words.offline;
  });
  // What htmx sent is sent again by what had sent it, with all that is typed there.
  document.addEventListener("htmx:responseError", async (event) => {
    if (!event.detail.xhr.getResponseHeader("X-Reauthenticate")) return;
    const { elt, triggeringEvent } = event.detail.requestConfig;
    if (await proveIdentity()) {
      if (elt.matches("form")) elt.requestSubmit(triggeringEvent?.submitter ?? undefined);
      else htmx.trigger(elt, triggeringEvent?.type ?? "click");
    }
  });

  // Use: the server counts what it is asked for; typing and reading on it hears of here, once a minute at most.
  const idle = Number(words.idle) * 1000, warnAt = Math.min(120000, idle / 3);
  if (!idle) return;
  let used = Date.now(), told = Date.now();
  const everywhere = "BroadcastChannel" in window ? new BroadcastChannel("meridian-session") : null;
  const noteTold = (at) => { told = Math.max(told, at); if ($("#idle")?.open) $("#idle").close(); };
  everywhere?.addEventListener("message", (event) => noteTold(event.data));
  const share = () => { const at = Date.now(); noteTold(at); everywhere?.postMessage(at); };
  share(); // this page was just asked for
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !event.detail.elt.hasAttribute("data-poll")) share(); });
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) addEventListener(kind, () => { used = Date.now(); }, { passive: true });
  async function stay() {
    try { if ((await send(words.stay, {})).status === 204) share(); } catch (error) { /* no server: the warning stands */ }
  }
  document.addEventListener("click", (event) => { if (event.target.closest("[data-stay]")) stay(); });
  setInterval(() => {
    const left = told + idle - Date.now();
    const dialog = $("#idle");
    if (used > told && Date.now() - told > 60000 && left > 0 && !dialog.open) { stay(); return; }
    if (left <= warnAt && !dialog.open && left > 0) dialog.showModal();
    if (dialog.open) $("[data-left]", dialog).textContent = left > 0 ? `${Math.floor(left / 60000)}:${String(Math.floor(left / 1000) % 60).padStart(2, "0")}` : "0:00";
    if (dialog.open && left <= 0) { $("[data-soon]", dialog).hidden = true; $("[data-over]", dialog).hidden = false; }
  }, 1000);
})();
