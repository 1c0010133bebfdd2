// Charts from the JSON beside them: {kind: line | area | bar | stacked | spark, title, unit, x, series: [{name, data}],
// bounds: [{name, value, tone}], urls, places}. ECharts is fetched only where a chart stands. Tooltips are DOM nodes, for the policy.
(() => {
  const { $, $$, toast } = window.meridian;
  const drawn = new Map();
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const lang = document.documentElement.lang || "en";
  const full = new Intl.NumberFormat(lang, { maximumFractionDigits: 4 });
  const short = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 2 });
  const write = (value) => (value === null || value === undefined || Number.isNaN(value) ? "–" : full.format(value));

  let loading = null;
  function engine() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.echarts;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  }

  const make = (tag, css, text) => { const node = document.createElement(tag); if (css) node.className = css; if (text !== undefined) node.textContent = text; return node; };
  function tip(points, unit) {
    const box = make("div", "ec-tip");
    const list = make("dl");
    points.forEach((point) => {
      const name = make("dt");
      name.append(make("span", `ec-dot ec-dot-${(point.seriesIndex % 6) + 1}`), point.seriesName || unit);
      list.append(name, make("dd", "", write(point.value)));
    });
    box.append(make("strong", "", points[0].name), list);
    return box;
  }

  function options(spec) {
    const bars = spec.kind === "bar" || spec.kind === "stacked";
    const spark = spec.kind === "spark";
    const ink = css("--fg-2");
    const several = spec.series.length > 1;
    return {
      aria: { enabled: true },
      color: [1, 2, 3, 4, 5, 6].map((number) => css(`--series-${number}`)),
      textStyle: { fontFamily: css("--sans"), fontSize: 12 },
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 250,
      grid: spark ? { left: 2, right: 2, top: 3, bottom: 3 } : { left: 4, right: 16, top: several ? 34 : 14, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: several && !spark ? { type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink }, pageTextStyle: { color: ink }, pageIconColor: ink } : undefined,
      xAxis: { type: "category", data: spec.x, show: !spark, boundaryGap: bars, axisLabel: { color: ink, hideOverlap: true }, axisLine: { lineStyle: { color: css("--line") } }, axisTick: { show: false } },
      yAxis: { type: "value", show: !spark, min: (axis) => beyond(spec, axis, "min"), max: (axis) => beyond(spec, axis, "max"), scale: !bars && spec.kind !== "area", axisLabel: { color: ink, formatter: (value) => short.format(value) }, splitLine: { lineStyle: { color: css("--line") } } },
      tooltip: spark ? { show: false } : {
        trigger: "axis", confine: true, className: "ec-tooltip", formatter: (points) => tip(points, spec.unit),
        backgroundColor: css("--bg-1"), borderColor: css("--line"), textStyle: { color: css("--fg") }, axisPointer: { lineStyle: { color: ink }, type: bars ? "shadow" : "line" },
      },
      series: spec.series.map((series, place) => ({
        name: series.name, data: series.data, type: bars ? "bar" : "line", barMaxWidth: 24, cursor: spec.urls?.length ? "pointer" : "default",
        stack: spec.kind === "stacked" ? "all" : undefined, connectNulls: false, lineStyle: { width: 2 },
        // A lone point between two gaps would not be seen as a line.
        symbol: "circle", symbolSize: 5, showSymbol: !spark && series.data.filter((value) => value !== null).length < 3,
        areaStyle: spec.kind === "area" || spark ? { opacity: 0.12 } : undefined,
        markLine: place === 0 && spec.bounds?.length ? bounds(spec, ink) : undefined,
      })),
    };
  }
  // A level that no value has come near is shown all the same: the axis grows to the next round figure beyond it.
  function beyond(spec, axis, side) {
    const levels = (spec.bounds || []).map((bound) => bound.value);
    const edge = side === "min" ? Math.min(...levels) : Math.max(...levels);
    if (!levels.length || (side === "min" ? edge >= axis.min : edge <= axis.max)) return undefined;
    const step = 10 ** Math.floor(Math.log10(Math.max(axis.max, edge) - Math.min(axis.min, edge))) / 2;
    return side === "min" ? Math.floor(edge / step) * step : Math.ceil(edge / step) * step;
  }
  const bounds = (spec, ink) => ({
    silent: true, symbol: "none", label: { formatter: "{b}", position: "insideEndTop", color: ink },
    data: spec.bounds.map((bound) => ({ name: bound.name, yAxis: bound.value, lineStyle: { color: css(`--${bound.tone}-fg`), type: "dashed", width: 1.5 } })),
  });

  async function draw(root) {
    const places = $$("[data-chart]", root).filter((place) => !drawn.has(place));
    if (root.matches?.("[data-chart]") && !drawn.has(root)) places.push(root);
    if (!places.length) return;
    try { await engine(); } catch (error) { toast(document.body.dataset.offline, "red"); return; }
    places.forEach((place) => {
      if (drawn.has(place)) return;
      const spec = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      const chart = window.echarts.init(place, null, { renderer: "canvas" });
      chart.setOption(options(spec));
      chart.on("click", (point) => { if (spec.urls?.[point.dataIndex]) location.href = spec.urls[point.dataIndex]; });
      drawn.set(place, { chart, spec });
      new ResizeObserver(() => chart.resize()).observe(place);
    });
  }
  function forgetGone() {
    drawn.forEach(({ chart }, place) => { if (!place.isConnected) { chart.dispose(); drawn.delete(place); } });
  }

  // The table behind: copied with tabs, saved with commas, and the picture as it stands.
  const table = (id) => [...$(`[data-chart-table="${CSS.escape(id)}"]`).rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  function exact(id) {
    const spec = JSON.parse(document.getElementById(id).textContent);
    return [["", ...spec.series.map((series) => series.name)], ...spec.x.map((name, place) => [name, ...spec.series.map((series) => series.data[place] ?? "")])];
  }
  // A spreadsheet runs a cell that starts like a formula; numbers may start with a minus.
  const cell = (value) => {
    const text = String(value);
    const safe = typeof value === "number" || !/^[=+\-@\t\r]/.test(text) ? text : `'${text}`;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  function save(name, url) {
    const link = make("a");
    link.href = url;
    link.download = name;
    link.click();
  }
  document.addEventListener("click", async (event) => {
    const near = (name) => event.target.closest(`[data-chart-${name}]`);
    const copy = near("copy"), csv = near("csv"), png = near("png");
    if (copy) {
      await navigator.clipboard.writeText(table(copy.dataset.chartCopy).map((row) => row.join("\t")).join("\n"));
      toast(copy.dataset.done, "success");
    }
    if (csv) {
      const id = csv.dataset.chartCsv;
      const url = URL.createObjectURL(new Blob(["\ufeff" + exact(id).map((row) => row.map(cell).join(",")).join("\r\n")], { type: "text/csv" }));
      save(`${id}.csv`, url);
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    }
    if (png) {
      const { chart } = drawn.get($(`[data-chart="${CSS.escape(png.dataset.chartPng)}"]`));
      save(`${png.dataset.chartPng}.png`, chart.getDataURL({ pixelRatio: 2, backgroundColor: css("--bg-1") }));
    }
  });

  document.addEventListener("meridian:theme", () => drawn.forEach(({ chart, spec }) => chart.setOption(options(spec), true)));
  document.addEventListener("htmx:load", (event) => { forgetGone(); draw(event.target); });
  draw(document.body);
})();
