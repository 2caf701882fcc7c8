"""What only the browser can do: keep a name, write and copy the address bar. Each is a component registered once."""

from urllib.parse import unquote

import streamlit as st

NAME_COOKIE = "clipviz_name"

_remember = st.components.v2.component(
    "clipviz_remember_name",
    js="""
export default function ({ data }) {
  if (data && data.name) {
    const year = 60 * 60 * 24 * 365;
    document.cookie = `${data.cookie}=${encodeURIComponent(data.name)}; path=/; max-age=${year}; SameSite=Lax`;
  }
}
""",
)

_copy_link = st.components.v2.component(
    "clipviz_copy_link",
    html='<button type="button" class="copy" aria-live="polite">Copy link</button>',
    css="""
.copy { font: inherit; font-size: 0.85rem; color: var(--st-text-color); background: transparent; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.5rem);
  padding: 0.3rem 0.7rem; white-space: nowrap; }
.copy:hover, .copy:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
""",
    js="""
export default function ({ parentElement }) {
  const button = parentElement.querySelector(".copy");
  button.onclick = async () => {
    const link = window.location.href;
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      const field = document.createElement("textarea");
      field.value = link;
      document.body.appendChild(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = "Link copied";
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  };
}
""",
)


_address = st.components.v2.component(
    "clipviz_address",
    js="""
const ask = (event) => event.preventDefault();
export default function ({ data }) {
  window.removeEventListener("beforeunload", window.clipvizAsk ?? ask);
  window.clipvizAsk = ask;
  if (data.ask) window.addEventListener("beforeunload", ask);
  const here = new URL(window.location.href);
  for (const [name, value] of Object.entries(data.values)) {
    if (value) here.searchParams.set(name, value);
    else here.searchParams.delete(name);
  }
  if (here.href !== window.location.href) window.history.replaceState(window.history.state, "", here);
  return () => window.removeEventListener("beforeunload", ask);
}
""",
)


def name_in_browser() -> str:
    """The display name that this browser keeps, or an empty string."""
    return unquote(st.context.cookies.get(NAME_COOKIE, ""))


def remember_name(name: str) -> None:
    """Keeps a display name in this browser for a year; an empty one changes nothing."""
    with st.container(key="unseen"):
        _remember(data={"name": name, "cookie": NAME_COOKIE}, key="remember_name")


def keep_in_address(values: dict[str, str], ask: bool, shown: str) -> None:
    """Holds query parameters in the address bar, without a step in the browser's history; "" takes one out of it.

    ask: whether the browser asks before this tab is closed, reloaded or sent elsewhere, for changes that would be
    lost. shown: what the address bar says otherwise; where that has changed it is written anew.
    """
    with st.container(key="unseen-address"):
        _address(data={"values": values, "ask": ask, "shown": shown}, key="address")


def copy_link() -> None:
    """A button that copies the address bar: the address is the share link."""
    _copy_link(key="copy_link", height="content", width="content")
