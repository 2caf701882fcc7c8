"""Who may ask the routes: `st.login` protects pages, not routes, so they check its cookie themselves."""

import json

from starlette.requests import HTTPConnection


def signed_in(request: HTTPConnection) -> bool:
    """True when the deployment asks nobody to sign in, or when this request carries a valid sign-in.

    Sign-in is asked for when Streamlit's secrets have an [auth] section. The cookie is the one that
    `st.login` sets; its signature and age are checked by Streamlit's own code.
    """
    from streamlit.auth_util import get_secrets_auth_section

    if not get_secrets_auth_section():
        return True
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
    from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

    cookie = _get_signed_cookie_with_chunks(request.cookies, USER_COOKIE_NAME)
    if not cookie:
        return False
    try:
        user = json.loads(cookie)
    except ValueError:
        return False
    return isinstance(user, dict) and user.get("is_logged_in") is True
