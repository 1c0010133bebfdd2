// The desk: a note looks like one while it is written; a macro is shown before it is sent; who else is here; time is kept.
(() => {
  const { $ } = window.meridian;
  const composer = $("#composer");
  if (!composer) return;
  const form = $("form[data-composer]", composer);
  const text = $("#id_text");
  const paint = () => composer.classList.toggle("for-note", $("[name=direction]:checked", composer)?.value === "note");
  composer.addEventListener("change", paint);
  paint();

  async function showMacro() {
    const chosen = $("#id_macro").value;
    $("#macro-changes").textContent = "";
    if (!chosen) return;
    const answer = await fetch(`${composer.dataset.macros}${chosen}/`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const macro = await answer.json();
    // What was typed before stays, the reply comes after it.
    if (macro.text) text.value = text.value.trim() ? `${text.value.trimEnd()}\n\n${macro.text}` : macro.text;
    if (macro.status) $("#id_status").value = macro.status;
    $("#macro-changes").textContent = macro.changes;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }
  $("#id_macro").addEventListener("change", showMacro);

  let typedAt = 0;
  text.addEventListener("input", () => { typedAt = Date.now(); });
  async function tellHere() {
    if (document.hidden) return;
    const typing = Date.now() - typedAt < 20000 ? 1 : 0;
    try {
      const answer = await fetch(`${composer.dataset.here}?typing=${typing}&seen=${form.elements.seen.value}`, { headers: { "X-Background": "1" } });
      const words = answer.ok && !answer.redirected ? await answer.text() : "";
      if ($("#presence").innerHTML.trim() !== words.trim()) $("#presence").innerHTML = words;
    } catch (error) { /* offline: said elsewhere */ }
  }
  tellHere();
  setInterval(tellHere, 8000);

  // Time counts while the page is seen and somebody has done something in the last two minutes.
  let lastSign = Date.now();
  let seconds = 0;
  ["keydown", "pointermove", "scroll"].forEach((sign) => addEventListener(sign, () => { lastSign = Date.now(); }, { passive: true }));
  setInterval(() => { if (!document.hidden && Date.now() - lastSign < 120000) form.elements.seconds.value = seconds += 1; }, 1000);
})();
