// The page's colours and type, read from the variables that Streamlit sets around a component.

export function themeOf(root, colours) {
  const style = getComputedStyle(root);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const ground = read("--st-background-color", "#ffffff");
  const dark = luminance(ground) < 0.35;
  return {
    dark,
    ground,
    ink: read("--st-text-color", dark ? "#e6eae8" : "#1d2529"),
    grid: read("--st-border-color", dark ? "#354046" : "#dadcd6"),
    font: read("--st-font", "sans-serif"),
    named: colours[dark ? "dark" : "light"],
  };
}

/** Relative brightness 0..1 of a CSS colour, as the browser understands it. */
function luminance(colour) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/** The same colour, partly see-through; for #rrggbb only. */
export function faint(colour, alpha) {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
