"""clipviz as one ASGI application: `streamlit run app.py` starts it."""

import streamlit as st

from clipviz.ui import upload_route
from clipviz.ui.routes import routes

app = st.App("clipviz/ui/main.py", routes=[*upload_route.routes, *routes])
