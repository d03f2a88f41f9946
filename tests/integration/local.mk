# Files of tests/integration.
