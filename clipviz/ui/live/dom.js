// Small makers of page elements; text is always set as text.

export function element(tag, className = "", attributes = {}, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

export function button(text, className, onclick, attributes = {}) {
  const made = element("button", className, { type: "button", ...attributes }, text);
  made.addEventListener("click", onclick);
  return made;
}
