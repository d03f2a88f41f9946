# Files of packaging.
