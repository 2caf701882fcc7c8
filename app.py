"""clipviz as one ASGI application: `streamlit run app.py` starts it."""

import streamlit as st

from clipviz.ui import memory, upload_route
from clipviz.ui.routes import routes

memory.give_back()
app = st.App("clipviz/ui/main.py", routes=[*upload_route.routes, *routes])
