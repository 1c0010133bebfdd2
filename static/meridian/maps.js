// Process maps: a drawing with badges on its steps, chosen and walked by keys; files of it; what is dragged on a step.
(() => {
  const { $, $$, post, toast } = window.meridian;
  const box = $("#map-canvas");
  if (!box || !window.BpmnJS) return;
  const given = JSON.parse($("#map-shown").textContent);
  const steps = new Map(given.steps.map((step) => [step.id, step]));
  const words = given.drawing_words ?? {};
  const say = (word, replaced = {}) => (words[word] ?? word).replace(/{([^}]+)}/g, (_, key) => replaced[key] ?? `{${key}}`);

  // bpmn-js draws six of its icons with style="…" in markup, which the page's policy refuses: the same as attributes of SVG.
  const plain = (markup) => markup.replace(/style="([^"]*)"/g, (_, style) => style.split(";").filter(Boolean)
    .map((one) => one.split(":")).map(([name, value]) => `${name.trim()}="${value.trim()}"`).join(" "));
  function PlainIcons(contextPad, popupMenu) {
    const cleaned = (entries) => {
      Object.values(entries).forEach((entry) => ["html", "imageHtml"].forEach((key) => { if (entry[key]) entry[key] = plain(entry[key]); }));
      return entries;
    };
    contextPad.registerProvider(1, { getMultiElementContextPadEntries: () => cleaned, getContextPadEntries: () => cleaned });
    popupMenu.registerProvider("align-elements", 1, { getPopupMenuEntries: () => cleaned });
  }
  PlainIcons.$inject = ["contextPad", "popupMenu"];
  const modules = [{ translate: ["value", say] }];
  if (given.save) modules.push({ __init__: ["plainIcons"], plainIcons: ["type", PlainIcons] });
  const drawing = new window.BpmnJS({ container: box, additionalModules: modules });
  const part = (name) => drawing.get(name);
  const nameOf = (id) => id.replace(/_label$/, "");

  // Badges: how many risks and controls stand on a step, in the tone of the worst.
  function badge(step) {
    const line = document.createElement("div");
    line.className = "map-badges";
    step.badges.forEach((one) => {
      const pill = document.createElement("span");
      pill.className = `pill pill-${one.tone}`;
      pill.textContent = one.text;
      pill.title = one.label;
      line.append(pill);
    });
    return line;
  }
  function decorate() {
    const registry = part("elementRegistry");
    steps.forEach((step) => { if (step.badges.length && registry.get(step.id)) part("overlays").add(step.id, { position: { top: -12, left: 4 }, html: badge(step) }); });
    Object.entries(given.wrong).forEach(([id, how]) => { if (registry.get(id)) part("canvas").addMarker(id, `map-${how}`); });
  }

  // The chosen step: marked in the drawing, told in the panel beside it and in the table.
  let chosen = null;
  function choose(id, { move = false } = {}) {
    const canvas = part("canvas");
    if (chosen && part("elementRegistry").get(chosen)) canvas.removeMarker(chosen, "map-chosen");
    chosen = steps.has(id) ? id : null;
    if (chosen && part("elementRegistry").get(chosen)) {
      canvas.addMarker(chosen, "map-chosen");
      if (move) canvas.scrollToElement(chosen, 80);
    }
    $$("[data-step]").forEach((section) => { section.hidden = section.dataset.step !== (chosen ?? ""); });
    $$("[data-row]").forEach((row) => row.classList.toggle("is-chosen", row.dataset.row === chosen));
    showWalk();
  }

  // Walking: arrows lead on and back; where several ways lead out, each is a button with its number as key.
  const walk = $("#map-walk");
  let walked = null; // the ids that were passed, the last of them is where one stands
  const here = () => steps.get(walked[walked.length - 1]);
  function showWalk() {
    if (!walk || !walked) return;
    const step = here();
    $("[data-walk-here]", walk).textContent = step.name;
    $("[data-walk-back]", walk).disabled = walked.length < 2;
    const ways = $("[data-walk-ways]", walk);
    ways.replaceChildren(...step.next.map((way, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = step.next.length > 1 ? `${number + 1} · ${way.name}` : way.name;
      button.addEventListener("click", () => goOn(number));
      return button;
    }));
    if (!step.next.length) ways.textContent = given.words.done;
  }
  function goOn(number) {
    const way = here().next[number];
    if (!way || !steps.has(way.to)) return;
    walked.push(way.to);
    choose(way.to, { move: true });
  }
  function goBack() {
    if (walked.length < 2) return;
    walked.pop();
    choose(here().id, { move: true });
  }
  function beginWalk() {
    if (!given.steps.length) return;
    walked = [chosen ?? given.steps[0].id];
    walk.hidden = false;
    choose(here().id, { move: true });
    walk.focus();
  }
  function endWalk() {
    walked = null;
    walk.hidden = true;
    $("[data-walk]").focus();
  }
  function walkByKey(event) {
    if (!walked || event.target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    const number = Number(event.key);
    if (event.key === "ArrowRight" && here().next.length === 1) goOn(0);
    else if (event.key === "ArrowLeft") goBack();
    else if (number > 0 && number <= here().next.length) goOn(number - 1);
    else if (event.key === "Escape") endWalk();
    else return;
    event.preventDefault();
  }

  // Files of the drawing, made here
  function save(content, kind, ending) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: kind }));
    link.download = `${given.name}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
  async function savePng() {
    const { svg } = await drawing.saveSVG();
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * picture.naturalWidth;
    canvas.height = 2 * picture.naturalHeight;
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((made) => save(made, "image/png", "png"));
  }
  const files = {
    svg: async () => save((await drawing.saveSVG()).svg, "image/svg+xml", "svg"),
    png: savePng,
    bpmn: async () => save((await drawing.saveXML({ format: true })).xml, "application/xml", "bpmn"),
  };

  // Risks and controls are dragged from the list beside onto a step.
  const under = (event) => nameOf(event.target.closest?.(".djs-element")?.dataset.elementId ?? "");
  function offer(event) {
    if (!event.dataTransfer.types.includes("text/x-meridian")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }
  async function drop(event) {
    const thing = event.dataTransfer.getData("text/x-meridian");
    if (!thing) return;
    event.preventDefault();
    const [kind, key] = JSON.parse(thing);
    await putOn(under(event), kind, key);
  }
  async function putOn(element, kind, key) {
    let answer = null;
    try { answer = await post(given.drop, { element, [kind]: key }); } catch (error) { /* said below */ }
    const said = answer && (answer.ok || answer.status === 422) ? (await answer.json()).sentence : document.body.dataset[answer ? "failed" : "offline"];
    toast(said, answer?.ok ? "success" : "red");
    if (!answer?.ok) return;
    const step = steps.get(element);
    const letter = kind === "risk" ? "R" : "C";
    const one = step.badges.find((found) => found.text.startsWith(letter));
    if (one) one.text = `${letter} ${Number(one.text.slice(2)) + 1}`;
    else step.badges.push({ text: `${letter} 1`, tone: "neutral", label: key });
    part("overlays").remove({ element });
    part("overlays").add(element, { position: { top: -12, left: 4 }, html: badge(step) });
    if (!given.save) location.search = `?step=${encodeURIComponent(element)}`;
  }
  if (given.drop) {
    document.addEventListener("dragstart", (event) => {
      const thing = event.target.closest?.("[data-thing]");
      if (thing) event.dataTransfer.setData("text/x-meridian", JSON.stringify([thing.dataset.thing, thing.dataset.key]));
    });
    box.addEventListener("dragover", offer);
    box.addEventListener("drop", drop);
  }

  document.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    if (near("[data-walk]")) beginWalk();
    if (near("[data-walk-back]")) goBack();
    if (near("[data-walk-end]")) endWalk();
    if (near("[data-file]")) files[near("[data-file]").dataset.file]();
    if (near("[data-fit]")) part("canvas").zoom("fit-viewport", "auto");
    const shown = near("[data-choose]");
    if (shown) { event.preventDefault(); choose(shown.dataset.choose, { move: true }); box.scrollIntoView({ block: "nearest" }); }
  });
  document.addEventListener("keydown", walkByKey);

  const ready = drawing.importXML(given.xml).then(() => {
    part("canvas").zoom("fit-viewport", "auto");
    decorate();
    part("eventBus").on("element.click", (event) => { if (!walked) choose(nameOf(event.element.id)); });
    choose(new URLSearchParams(location.search).get("step"), { move: true });
    box.dataset.ready = "1";
  }).catch(() => toast(document.body.dataset.failed, "red"));
  window.meridian.maps = { drawing, given, files, ready, decorate, putOn };
})();
