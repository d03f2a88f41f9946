# Files of tests/integration.
include tests/integration/resolver/local.mk
