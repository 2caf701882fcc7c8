"""`python -m clipviz.runs` starts the runner; children of a `__main__` do not run it again."""

from clipviz.runs.runner import main

if __name__ == "__main__":
    main()
