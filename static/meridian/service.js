// The desk: a note looks like one while it is written.
(() => {
  const { $ } = window.meridian;
  const composer = $("#composer");
  if (!composer) return;
  const paint = () => composer.classList.toggle("for-note", $("[name=direction]:checked", composer)?.value === "note");
  composer.addEventListener("change", paint);
  paint();
})();
