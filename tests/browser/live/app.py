"""A dashboard with nothing but live charts."""

import streamlit as st

from clipviz.ui.routes import routes

app = st.App("page.py", routes=routes)
