# Files of client-shims.
