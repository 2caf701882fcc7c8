"""clipviz as one ASGI application: `streamlit run app.py` starts it."""

import streamlit as st

from clipviz.core import memory
from clipviz.ui import upload_route
from clipviz.ui.routes import routes

memory.give_back(1 << 20)
app = st.App("clipviz/ui/main.py", routes=[*upload_route.routes, *routes])
