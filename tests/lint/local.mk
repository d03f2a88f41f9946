# Files of tests/lint.
