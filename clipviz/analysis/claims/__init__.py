"""Published claims about clipping, each with the sweep that puts it to the test: one claim a file."""
