# Files of tests/unit.
