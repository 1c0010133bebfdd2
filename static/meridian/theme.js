// Before the first paint: what the person chose, else what this browser chose, else what the system says.
(() => {
  const root = document.documentElement;
  let theme = root.dataset.theme;
  if (theme !== "light" && theme !== "dark") {
    try { theme = localStorage.getItem("theme"); } catch (error) { theme = null; }
  }
  if (theme !== "light" && theme !== "dark") theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.bsTheme = theme;
})();
