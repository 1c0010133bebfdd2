// Charts from JSON beside them: {kind, unit, x, series: [{name, data}], bounds: [{name, value, tone}]}. Tooltips are nodes, for the policy.
(() => {
  const drawn = [];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const palette = () => ["--accent", "--c-2", "--c-3", "--c-4", "--c-5", "--c-6"].map(css);
  const lang = document.documentElement.lang || "en";
  const number = (value) => value === null || value === undefined ? "–" : new Intl.NumberFormat(lang, { maximumFractionDigits: 4 }).format(value);
  const short = (value) => new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 2 }).format(value);

  function tip(points) {
    const box = document.createElement("div");
    box.className = "ec-tip";
    const head = document.createElement("strong");
    head.textContent = points[0].name;
    box.append(head);
    for (const point of points) {
      const line = document.createElement("div");
      line.textContent = (point.seriesName ? point.seriesName + ": " : "") + number(point.value);
      box.append(line);
    }
    return box;
  }

  function options(spec) {
    const spark = spec.kind === "spark", bars = spec.kind === "bar" || spec.kind === "stacked";
    const tones = { amber: css("--y-f"), red: css("--r-f") };
    return {
      aria: { enabled: true }, color: palette(), textStyle: { fontFamily: css("--tblr-font-sans-serif"), fontSize: 12 },
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      grid: spark ? { left: 2, right: 2, top: 4, bottom: 4 } : { left: 8, right: 16, top: spec.series.length > 1 ? 32 : 12, bottom: 4, containLabel: true },
      legend: spark || spec.series.length < 2 ? undefined : { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: css("--fg-2") } },
      xAxis: { type: "category", data: spec.x, show: !spark, boundaryGap: bars, axisLabel: { color: css("--fg-2"), hideOverlap: true }, axisLine: { lineStyle: { color: css("--line") } }, axisTick: { show: false } },
      yAxis: { type: "value", show: !spark, scale: !bars, axisLabel: { color: css("--fg-2"), formatter: short }, splitLine: { lineStyle: { color: css("--line") } } },
      tooltip: { trigger: "axis", className: "ec-tooltip", formatter: tip, confine: true },
      series: spec.series.map((series, place) => ({
        name: series.name, data: series.data, type: bars ? "bar" : "line", stack: spec.kind === "stacked" ? "all" : undefined,
        barMaxWidth: 22, symbol: "none", connectNulls: false, lineStyle: { width: 2 },
        areaStyle: spec.kind === "area" || spark ? { opacity: 0.12 } : undefined,
        markLine: place === 0 && spec.bounds ? { silent: true, symbol: "none", label: { formatter: "{b}", color: css("--fg-2") },
          data: spec.bounds.map((bound) => ({ name: bound.name, yAxis: bound.value, lineStyle: { color: tones[bound.tone], type: "dashed" } })) } : undefined,
      })),
    };
  }

  function draw(root) {
    if (!window.echarts) return;
    root.querySelectorAll("[data-chart]").forEach((element) => {
      if (element.dataset.drawn) return;
      element.dataset.drawn = "1";
      const spec = JSON.parse(document.getElementById(element.dataset.chart).textContent);
      const chart = echarts.init(element, null, { renderer: "canvas" });
      chart.setOption(options(spec));
      drawn.push([element, chart, spec]);
      new ResizeObserver(() => chart.resize()).observe(element);
    });
  }

  document.addEventListener("meridian:theme", () => drawn.forEach(([, chart, spec]) => chart.setOption(options(spec), true)));
  document.addEventListener("htmx:load", (event) => draw(event.target));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-download]");
    if (!button) return;
    const rows = [...document.querySelectorAll(`[data-chart-table="${button.dataset.download}"] tr`)].map((row) =>
      [...row.cells].map((cell) => '"' + cell.textContent.replaceAll('"', '""') + '"').join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + rows.join("\r\n")], { type: "text/csv" }));
    link.download = button.dataset.download + ".csv";
    link.click();
  });
  draw(document);
})();
