// Drawing a process: saved as its next version, kept in the browser until it is, never lost to somebody else's version.
(() => {
  const { $, send, toast } = window.meridian;
  const { drawing, given, ready } = window.meridian.maps ?? {};
  if (!given?.save) return;
  const key = `map:${document.body.dataset.user}:${location.pathname}`;
  const store = {
    read() { try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; } },
    write(value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* full or refused: drawing goes on */ } },
    drop() { try { localStorage.removeItem(key); } catch (error) { /* nothing was kept */ } },
  };
  const drawn = async () => (await drawing.saveXML({ format: true })).xml;
  const notice = $("#map-refused");
  let base = given.base;
  let isDirty = false;
  let isSaving = false;
  let waits = 0;

  async function keep() {
    const xml = await drawn();
    if (isDirty) store.write({ base, xml, at: Date.now() });
  }
  function changed() {
    isDirty = true;
    clearTimeout(waits);
    waits = setTimeout(keep, 800);
  }
  function refuse(sentence) {
    $("[data-sentence]", notice).textContent = sentence;
    notice.hidden = false;
    notice.focus();
  }
  async function answerTo(fields) {
    try {
      const answer = await send(given.save, fields);
      if (answer.type === "opaqueredirect") return { status: 401 };
      return { status: answer.status, said: answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {} };
    } catch (error) { return { status: 0 }; }
  }
  async function save() {
    if (isSaving) return;
    isSaving = true;
    notice.hidden = true;
    $("[data-save]").disabled = true;
    await keep();
    const { status, said } = await answerTo({ base, xml: await drawn(), note: $("#map-note").value });
    isSaving = false;
    $("[data-save]").disabled = false;
    const words = document.body.dataset;
    if (status !== 200) { refuse(said?.sentence ?? (status ? status === 401 || status === 403 ? words.signedOut : words.failed : words.offline)); return; }
    isDirty = false;
    clearTimeout(waits);
    store.drop();
    base = said.number;
    location.href = given.then;
  }

  // A drawing that was left unsaved is offered again.
  function offer() {
    const left = store.read();
    const bar = $("#map-left");
    if (!left?.xml || left.xml === given.xml) return;
    $("[data-left-at]", bar).textContent = new Date(left.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    bar.hidden = false;
    $("[data-left-restore]", bar).addEventListener("click", async () => {
      await drawing.importXML(left.xml);
      drawing.get("canvas").zoom("fit-viewport", "auto");
      window.meridian.maps.decorate();
      base = left.base;
      isDirty = true;
      bar.hidden = true;
    });
    $("[data-left-drop]", bar).addEventListener("click", () => { store.drop(); bar.hidden = true; });
  }

  ready.then(() => {
    offer();
    drawing.get("eventBus").on("commandStack.changed", changed);
  });
  $("[data-save]").addEventListener("click", save);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); save(); }
  });
  addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
  window.meridian.maps.save = save;
})();
