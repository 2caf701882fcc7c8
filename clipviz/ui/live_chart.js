// The component's entry: Streamlit calls it at mount and again whenever the page passes other data.
// The code itself is served by our own routes, under an address that changes with its content.
// Without runs it only loads what drawing needs.
export default async function (component) {
  const { root, version, plotly, runs } = component.data;
  const chart = await import(new URL(`${root}assets/live/${version}/chart.js`, window.location.origin).href);
  return runs ? chart.mount(component) : void (await chart.loadPlotly(root, plotly));
}
