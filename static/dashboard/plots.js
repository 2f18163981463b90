// Draws the figures that the page carries as JSON, in the page's colours; again after a change of theme or a refresh.
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false };

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

const draw = (element) => {
  const source = document.getElementById(element.dataset.figure);
  if (!source) return;
  const { data, layout } = JSON.parse(source.textContent);
  Plotly.react(element, data, inThemeOf(element, layout), CONFIG);
};

const drawAll = () => document.querySelectorAll("[data-figure]").forEach(draw);

drawAll();
document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
