# Files of packaging.

# The manual pages name the directory that configure was told.
man_MANS = packaging/man/daned.8 packaging/man/daned.conf.5
CLEANFILES += packaging/man/daned.8 packaging/man/daned.conf.5
EXTRA_DIST += packaging/man/daned.8.in packaging/man/daned.conf.5.in packaging/daned.conf

packaging/man/daned.8: packaging/man/daned.8.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) -e 's|SYSCONFDIR|$(sysconfdir)|g' $(srcdir)/packaging/man/daned.8.in > $@.tmp && mv $@.tmp $@

packaging/man/daned.conf.5: packaging/man/daned.conf.5.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) -e 's|SYSCONFDIR|$(sysconfdir)|g' $(srcdir)/packaging/man/daned.conf.5.in > $@.tmp && mv $@.tmp $@

# The sample is an example: it never overwrites a configuration in use.
examplesdir = $(docdir)/examples
dist_examples_DATA = packaging/daned.conf

# Overrides: the page, and a sample in which every line is a comment.
dist_man_MANS += packaging/man/destinations.5
dist_examples_DATA += packaging/destinations

# danectl: a page that names no directory.
dist_man_MANS += packaging/man/danectl.1
