noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
    daemon/core/dname.h daemon/core/dname.c \
    daemon/core/dns.h daemon/core/dns.c
