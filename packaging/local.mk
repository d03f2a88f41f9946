# Files of packaging.

# Overrides: the page, and a sample in which every line is a comment.
dist_man_MANS += packaging/man/destinations.5
EXTRA_DIST += packaging/destinations
