"""One figure a file: data in, figure out; knows no Streamlit."""
