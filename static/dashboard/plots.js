// Draws the figures that the page carries as JSON, in the page's colours; again after a change of theme or a refresh,
// and for the printer in light colours, as wide as the paper has room for.
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false };
const root = document.documentElement;

/** The page's colours and type for a figure: text as the element's, lines as its border. */
const inThemeOf = (element, layout) => {
  const style = getComputedStyle(element);
  const axis = { color: style.color, gridcolor: style.borderTopColor, linecolor: style.borderTopColor };
  return {
    ...layout,
    colorway: [style.color],
    font: { family: style.fontFamily, size: 13, color: style.color },
    xaxis: { ...layout.xaxis, ...axis },
    yaxis: { ...layout.yaxis, ...axis },
    hoverlabel: { bgcolor: style.backgroundColor, bordercolor: style.borderTopColor, font: { color: style.color } },
  };
};

const draw = (element, width) => {
  const source = document.getElementById(element.dataset.figure);
  if (!source) return;
  const { data, layout } = JSON.parse(source.textContent);
  const sized = width ? { ...layout, width } : layout;
  Plotly.react(element, data, inThemeOf(element, sized), { ...CONFIG, responsive: !width });
};

const eachPlot = (act) => document.querySelectorAll("[data-figure]").forEach(act);
const drawAll = () => {
  eachPlot((element) => draw(element));
  for (const button of document.querySelectorAll("[data-save]")) button.hidden = false;
};

drawAll();
document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);

let theme;
addEventListener("beforeprint", () => {
  theme = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
  eachPlot((element) => draw(element, Number(element.dataset.printWidth)));
});
addEventListener("afterprint", () => {
  root.dataset.bsTheme = theme;
  drawAll();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save]");
  if (!button) return;
  const element = document.getElementById(button.dataset.save);
  const background = getComputedStyle(element).backgroundColor;
  const layout = { ...element.layout, paper_bgcolor: background, margin: { l: 24, r: 24, t: 24, b: 24 } };
  const size = { width: element.offsetWidth + 32, height: element.offsetHeight + 32, scale: 2 };
  Plotly.downloadImage({ data: element.data, layout }, { format: "png", filename: button.dataset.file, ...size });
});
