"""Empty states teach: what will be here, and one button that makes it happen."""

import streamlit as st

from clipviz.datasets import samples
from clipviz.ui import uploads


def no_dataset(sentence: str) -> None:
    """Says what a page shows once there is a dataset, and offers a sample."""
    st.title("Pick a dataset first")
    st.write(f"{sentence} Take one of the team's datasets, upload your own, or start with a sample.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Use the sample with spikes", type="primary", icon=":material/bolt:"):
            uploads.open_sample("spikes")
        st.page_link("../../pages/data.py", label="Go to the datasets", icon=":material/table:")
    with st.expander("Other samples"), st.container(horizontal=True):
        for sample in samples.samples():
            if st.button(sample.title, key=f"empty.{sample.id}", help=sample.description):
                uploads.open_sample(sample.id)
