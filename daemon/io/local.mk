noinst_LIBRARIES += libio.a
libio_a_SOURCES = \
    daemon/io/clock.h daemon/io/clock.c \
    daemon/io/digest.h daemon/io/digest_wolfssl.c \
    daemon/io/exim_verify.h daemon/io/exim_verify.c \
    daemon/io/getdns_loop.h daemon/io/getdns_loop.c \
    daemon/io/getdns_reply.h daemon/io/getdns_reply.c \
    daemon/io/listener.h daemon/io/listener.c \
    daemon/io/log.h daemon/io/log.c \
    daemon/io/lookup.h daemon/io/lookup.c \
    daemon/io/protocol.h daemon/io/protocol_exim.c daemon/io/protocol_socketmap.c \
    daemon/io/questions.h daemon/io/questions.c \
    daemon/io/resolver.h \
    daemon/io/resolver_getdns.h daemon/io/resolver_getdns.c \
    daemon/io/self_test.h daemon/io/self_test.c \
    daemon/io/server.h daemon/io/server.c \
    daemon/io/session.h daemon/io/session.c \
    daemon/io/upstream.h daemon/io/upstream.c \
    daemon/io/verify_wolfssl.h daemon/io/verify_wolfssl.c
    daemon/io/verification.h daemon/io/verification.c
