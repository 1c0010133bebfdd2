// Forms: Ctrl+Enter saves, nothing typed is lost, one click sends once, grave acts are typed out.
(() => {
  const drafts = (form) => "draft:" + location.pathname + ":" + (form.id || form.getAttribute("action") || "");
  const fields = (form) => [...form.elements].filter((field) => field.name && !/^(password|hidden|file|submit)$/.test(field.type) && field.name !== "csrfmiddlewaretoken");

  function keep(form) {
    const kept = fields(form).map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? field.checked : field.value]);
    try { sessionStorage.setItem(drafts(form), JSON.stringify(kept)); } catch (error) { /* full or refused: typing goes on */ }
  }
  function restore(form) {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(drafts(form))); } catch (error) { return; }
    if (!kept || form.querySelector(".is-invalid")) return;
    const all = fields(form);
    kept.forEach(([name, value], place) => {
      const field = all[place];
      if (!field || field.name !== name) return;
      if (typeof value === "boolean") field.checked = value; else field.value = value;
    });
    form.dataset.dirty = "1";
  }

  document.querySelectorAll("form[data-guard]").forEach(restore);
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) { form.dataset.dirty = "1"; keep(form); }
    const typed = event.target.closest("[data-typed]");
    if (typed) typed.form.querySelector("[type=submit], button:not([type])").disabled = typed.value.trim() !== typed.dataset.typed;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    delete form.dataset.dirty;
    sessionStorage.removeItem(drafts(form));
    setTimeout(() => delete form.dataset.sending, 4000);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest("form");
      if (form && form.method === "post") { event.preventDefault(); form.requestSubmit(); }
    }
  });
  addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-dirty]")) event.preventDefault(); });
})();
