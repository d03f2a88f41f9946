noinst_LIBRARIES += libio.a
libio_a_SOURCES = \
    daemon/io/alloc.h daemon/io/alloc.c \
    daemon/io/getdns_loop.h daemon/io/getdns_loop.c \
    daemon/io/getdns_reply.h daemon/io/getdns_reply.c \
    daemon/io/resolver.h \
    daemon/io/resolver_getdns.h daemon/io/resolver_getdns.c \
    daemon/io/self_test.h daemon/io/self_test.c \
    daemon/io/upstream.h daemon/io/upstream.c
