noinst_LIBRARIES += libio.a
libio_a_SOURCES = \
    daemon/io/clock.h daemon/io/clock.c \
    daemon/io/log.h daemon/io/log.c \
    daemon/io/lookup.h daemon/io/lookup.c \
    daemon/io/questions.h daemon/io/questions.c \
    daemon/io/resolver.h
