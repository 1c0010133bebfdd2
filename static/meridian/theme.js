// Before the first paint: what the person has chosen, else what this browser was told, else what the system says.
(() => {
  const root = document.documentElement;
  const known = (theme) => theme === "light" || theme === "dark";
  let theme = root.dataset.theme;
  if (!known(theme) && root.dataset.theme !== "system") {
    try { theme = localStorage.getItem("theme"); } catch (error) { theme = null; }
  }
  if (!known(theme)) theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.bsTheme = theme;
})();
