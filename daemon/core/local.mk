noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
    daemon/core/alloc.h daemon/core/alloc.c \
    daemon/core/cache.h daemon/core/cache.c \
    daemon/core/certificate.h daemon/core/certificate.c \
    daemon/core/certificate_extensions.h daemon/core/certificate_extensions.c \
    daemon/core/chase.h daemon/core/chase.c \
    daemon/core/der.h daemon/core/der.c \
    daemon/core/dname.h daemon/core/dname.c \
    daemon/core/dns.h daemon/core/dns.c \
    daemon/core/evidence.h daemon/core/evidence.c \
    daemon/core/fact.h daemon/core/fact.c \
    daemon/core/host.h daemon/core/host.c \
    daemon/core/policy.h daemon/core/policy.c \
    daemon/core/siphash.h daemon/core/siphash.c \
    daemon/core/table.h daemon/core/table.c \
    daemon/core/tlsa.h daemon/core/tlsa.c \
    daemon/core/verdict.h daemon/core/verdict.c
