// The component's entry: Streamlit calls it at mount and again whenever the page passes other figures.
// The code itself is served by our own routes, under an address that changes with its content.
export default async function (component) {
  const { root, version } = component.data;
  const drawing = await import(new URL(`${root}assets/live/${version}/drawing.js`, window.location.origin).href);
  return drawing.mount(component);
}
