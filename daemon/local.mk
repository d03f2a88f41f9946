noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
    daemon/config.h daemon/config.c \
    daemon/config_address.c \
    daemon/config_check.h daemon/config_check.c \
    daemon/config_options.h daemon/config_options.c \
    daemon/config_scan.h daemon/config_scan.c \
    daemon/config_value.h daemon/config_value.c \
    daemon/confinement.h daemon/confinement.c \
    daemon/daemon.h daemon/daemon_inside.h daemon/daemon.c daemon/daemon_engine.c \
    daemon/inherited.h daemon/inherited.c \
    daemon/listeners.h daemon/listeners.c \
    daemon/overrides_file.h daemon/overrides_file.c \
    daemon/privileges.h daemon/privileges.c \
    daemon/service.h daemon/service.c \
    daemon/status.h daemon/status.c \
    daemon/systemd.h daemon/systemd.c

sbin_PROGRAMS += daned
# memory.c replaces malloc in whatever it is linked into: in the daemon alone.
daned_SOURCES = daemon/main.c daemon/memory.c
daned_LDADD = libdaemon.a libio.a libcore.a libproto.a $(DANED_LIBS)
