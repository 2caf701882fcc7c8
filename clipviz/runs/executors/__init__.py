"""Where one run trains, one executor a file: found by folder, chosen by CLIPVIZ_EXECUTOR."""
