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

# Metrics: alert rules for Prometheus, a dashboard for Grafana.
prometheusdir = $(examplesdir)/prometheus
dist_prometheus_DATA = packaging/prometheus/daned.rules.yml
grafanadir = $(examplesdir)/grafana
dist_grafana_DATA = packaging/grafana/daned.json

# danectl: a page that names no directory.
dist_man_MANS += packaging/man/danectl.1

# The replies of the control socket, for programs; and completion for the shells.
dist_pkgdata_DATA = \
    packaging/man/check.schema.json \
    packaging/man/dump.schema.json \
    packaging/man/explain.schema.json \
    packaging/man/policy.schema.json \
    packaging/man/result.schema.json \
    packaging/man/rollover.schema.json \
    packaging/man/stats.schema.json \
    packaging/man/status.schema.json \
    packaging/man/tlsa.schema.json \
    packaging/man/verify.schema.json
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = packaging/completion/_danectl
EXTRA_DIST += packaging/completion/danectl.bash

# The pages. Their links are those of the source; what they lead to is installed closer by.
doc_pages = README.md CHANGELOG.md SECURITY.md packaging/doc/comparison.md packaging/doc/operations.md
EXTRA_DIST += $(doc_pages)

# bash looks for a file of the command's own name.
install-data-local:
	$(MKDIR_P) $(DESTDIR)$(docdir)
	for page in $(doc_pages); do \
	    $(SED) -e 's|(\.\./\.\./|(|g' -e 's|(client-shims/|(|g' -e 's|(packaging/doc/|(|g' \
	        $(srcdir)/$$page >$(DESTDIR)$(docdir)/$${page##*/} || exit 1; \
	done
	$(MKDIR_P) $(DESTDIR)$(bashcompletiondir)
	$(INSTALL_DATA) $(srcdir)/packaging/completion/danectl.bash $(DESTDIR)$(bashcompletiondir)/danectl

uninstall-local:
	for page in $(doc_pages); do rm -f $(DESTDIR)$(docdir)/$${page##*/}; done
	rm -f $(DESTDIR)$(bashcompletiondir)/danectl

# systemd: units, the service user, directories; only where configure was told to.
systemd_made = packaging/systemd/daned.service packaging/systemd/daned-postfix.socket
CLEANFILES += $(systemd_made)
EXTRA_DIST += packaging/systemd
if SYSTEMD_UNITS
systemdsystemunit_DATA = \
    $(systemd_made) \
    packaging/systemd/daned-control.socket \
    packaging/systemd/daned-exim.socket \
    packaging/systemd/daned-metrics.socket \
    packaging/systemd/daned-resolver.socket \
    packaging/systemd/daned-resolver.service
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = packaging/systemd/sysusers.d/daned.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
tmpfiles_DATA = packaging/systemd/tmpfiles.d/daned.conf
dist_pkgdata_DATA += packaging/systemd/postfix-directory.conf
endif

$(systemd_made): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) -e 's|SBINDIR|$(sbindir)|g' -e 's|PKGDATADIR|$(pkgdatadir)|g' $(srcdir)/$@.in > $@.tmp && mv $@.tmp $@
packaging/systemd/daned.service: packaging/systemd/daned.service.in
packaging/systemd/daned-postfix.socket: packaging/systemd/daned-postfix.socket.in

# Distribution packages.
dist_examples_DATA += packaging/resolver.conf
EXTRA_DIST += packaging/debian packaging/build-deb packaging/package-conf packaging/tree.sh \
    packaging/openrc packaging/rpm
