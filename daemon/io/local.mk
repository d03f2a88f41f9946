noinst_LIBRARIES += libio.a
libio_a_SOURCES = \
    daemon/io/resolver.h
