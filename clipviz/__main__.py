"""`python -m clipviz` is the command line."""

from clipviz.cli import app

app(prog_name="clipviz")
