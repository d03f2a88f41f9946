noinst_LIBRARIES += libproto.a
libproto_a_SOURCES = \
    proto/base64.h proto/base64.c \
    proto/control_line.h proto/control_line.c \
    proto/exim_client.h proto/exim_client.c \
    proto/exim_line.h proto/exim_line.c \
    proto/line.h proto/line.c \
    proto/netstring.h proto/netstring.c \
    proto/printable.h proto/printable.c \
    proto/socketmap.h proto/socketmap.c \
    proto/span.h
