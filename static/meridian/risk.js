// Rating a risk: what the chosen place of the matrix amounts to is said beside it as it is chosen.
(() => {
  const output = document.querySelector("[data-rated]");
  if (!output) return;
  const say = () => {
    const chosen = document.querySelector("input[name=place]:checked");
    output.value = chosen ? chosen.getAttribute("aria-label") : output.dataset.none;
  };
  document.addEventListener("change", (event) => { if (event.target.name === "place") say(); });
  say();
})();
