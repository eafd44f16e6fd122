"use strict";
(() => {
  const compare = (a, b, numeric) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    return numeric ? Number(a) - Number(b) : a.localeCompare(b);
  };

  const sort = (table, index, direction) => {
    const body = table.tBodies[0];
    const numeric = table.tHead.rows[0].cells[index].classList.contains("n");
    const rows = [...body.rows].map((row) => [row.cells[index].dataset.v ?? row.cells[index].textContent, row]);
    rows.sort(([a], [b]) => (a === "" || b === "" ? compare(a, b, numeric) : direction * compare(a, b, numeric)));
    body.append(...rows.map(([, row]) => row));
  };

  const filter = (table, text, count) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const content = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => content.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown.toLocaleString("en")} of ${table.tBodies[0].rows.length.toLocaleString("en")} rows`;
  };

  for (const table of document.querySelectorAll("table")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, index) => {
      head.querySelector("button").addEventListener("click", () => {
        const first = head.classList.contains("n") ? "descending" : "ascending";
        const other = first === "ascending" ? "descending" : "ascending";
        const order = head.getAttribute("aria-sort") === first ? other : first;
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        sort(table, index, order === "ascending" ? 1 : -1);
      });
    });
    const inside = table.closest(".inside");
    const field = inside.querySelector("input");
    field.addEventListener("input", () => filter(table, field.value, inside.querySelector("output")));
  }

  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();

  const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#9a8700", "#8c8c8c"];
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const theme = (layout) => {
    const axis = { gridcolor: style("--line"), zerolinecolor: style("--line"), automargin: true };
    const themed = {
      barmode: "stack", ...layout, colorway: COLOURS, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: style("--ink"), size: 12 }, margin: { l: 50, r: 20, t: 10, b: 40 },
      legend: { orientation: "h", y: -0.2, ...layout.legend },
      xaxis: { ...axis, ...layout.xaxis }, yaxis: { ...axis, ...layout.yaxis },
    };
    if (layout.yaxis2) themed.yaxis2 = { ...axis, ...layout.yaxis2 };
    return themed;
  };
  const draw = () => Promise.all(Object.entries(figures).map(([id, figure]) =>
    Plotly.react(id, figure.data, theme(figure.layout), { displaylogo: false, responsive: true, displayModeBar: false })));

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const print = matchMedia("print");
  const resize = () => { for (const id of Object.keys(figures)) Plotly.Plots.resize(id); };
  print.addEventListener("change", () => { draw().then(resize); });
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
  draw().then(() => { document.documentElement.dataset.drawn = "yes"; });
})();
