// Forms: Ctrl+Enter sends, one click sends once, leaving asks first, nothing typed is lost, grave acts are typed out.
(() => {
  const { $, $$ } = window.meridian;
  const KEEP = 24 * 3600 * 1000;
  const NEVER = "[type=password], [type=hidden], [type=file], [data-no-draft]";
  const user = document.body.dataset.user ?? "";
  const page = (form) => form?.closest("[data-form-page]");
  const key = (part) => `draft:${user}:${part.dataset.draft}:${location.pathname}`;
  const store = {
    read(name) { try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return null; } },
    write(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch (error) { /* full or refused: typing goes on */ } },
    drop(name) { try { localStorage.removeItem(name); } catch (error) { /* nothing was kept */ } },
    names() { try { return Object.keys(localStorage).filter((name) => name.startsWith("draft:")); } catch (error) { return []; } },
  };
  const flag = {
    get: (name) => { try { return sessionStorage.getItem(name); } catch (error) { return null; } },
    set: (name, value) => { try { if (value) sessionStorage.setItem(name, value); else sessionStorage.removeItem(name); } catch (error) { /* not kept */ } },
  };

  const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "submit" && field.type !== "button" && !field.matches(NEVER));
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const valueOf = (field) => (isBox(field) ? field.checked : field.multiple ? [...field.selectedOptions].map((one) => one.value) : field.value);
  function setValue(field, value) {
    if (isBox(field)) field.checked = value;
    else if (field.multiple) [...field.options].forEach((option) => { option.selected = value.includes(option.value); });
    else field.value = value;
  }

  function keep(form) {
    const part = page(form);
    if (part?.dataset.draft) store.write(key(part), { at: Date.now(), fields: fields(form).map((field) => [field.name, valueOf(field)]) });
  }
  function bringBack(part, draft) {
    const form = $("form", part);
    const left = fields(form);
    draft.fields.forEach(([name, value]) => {
      const at = left.findIndex((field) => field.name === name);
      if (at >= 0) setValue(left.splice(at, 1)[0], value);
    });
    form.dataset.dirty = "1";
  }
  const differs = (part, draft) => {
    const now = JSON.stringify(fields($("form", part)).map((field) => [field.name, valueOf(field)]));
    return now !== JSON.stringify(draft.fields);
  };

  // A draft ends when its form was sent and the answer is another page, or the same one with a word of success. Anything else,
  // such as sign-in, a page of failure or no answer at all, leaves it.
  function settle() {
    const sent = JSON.parse(flag.get("sent-draft") || "null");
    if (!sent || $("[data-reauthenticate]")) return; // the question who is there comes before the answer
    flag.set("sent-draft", "");
    if ($("[data-sign-in-page], .alone")) return;
    const same = $$("[data-form-page][data-draft]").some((part) => key(part) === sent.key);
    const answered = document.referrer && new URL(document.referrer).pathname === sent.path;
    if (same ? $(".toast-x.tone-success") : answered) store.drop(sent.key);
  }
  function offer(part) {
    const draft = store.read(key(part));
    const bar = $("[data-draft-bar]", part);
    if (!draft || !bar || $("[data-error-summary]", part) || !differs(part, draft)) return;
    const time = $("[data-draft-at]", bar);
    time.dateTime = new Date(draft.at).toISOString();
    time.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    bar.hidden = false;
  }
  store.names().forEach((name) => { if (!(store.read(name)?.at > Date.now() - KEEP)) store.drop(name); });
  settle();
  $$("[data-form-page][data-draft]").forEach(offer);
  $("[data-error-summary]")?.focus();

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (page(form)) { form.dataset.dirty = "1"; keep(form); }
    const typed = event.target.closest("[data-typed]");
    if (typed) $("button:not([type])", typed.form).disabled = typed.value.trim() !== typed.dataset.typed;
  });
  document.addEventListener("click", (event) => {
    const part = event.target.closest("[data-form-page]");
    if (event.target.closest("[data-draft-restore]")) { bringBack(part, store.read(key(part))); $("[data-draft-bar]", part).hidden = true; }
    if (event.target.closest("[data-draft-drop]")) { store.drop(key(part)); $("[data-draft-bar]", part).hidden = true; }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    if (form.matches("[data-sign-out]")) store.names().filter((name) => name.startsWith(`draft:${user}:`)).forEach(store.drop);
    form.dataset.sending = "1";
    delete form.dataset.dirty;
    const part = page(form);
    if (part?.dataset.draft) { keep(form); flag.set("sent-draft", JSON.stringify({ key: key(part), path: location.pathname })); }
    setTimeout(() => { delete form.dataset.sending; }, 8000); // a download leaves the page standing
  });
  addEventListener("pageshow", () => $$("form[data-sending]").forEach((form) => { delete form.dataset.sending; }));
  document.addEventListener("keydown", (event) => {
    const form = event.target.form ?? event.target.closest?.("form");
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || form?.method !== "post") return;
    event.preventDefault();
    form.requestSubmit($("button:not([type]):not([disabled]), [type=submit]:not([disabled])", form) ?? undefined);
  });
  addEventListener("beforeunload", (event) => { if ($("form[data-dirty]")) event.preventDefault(); });
})();
