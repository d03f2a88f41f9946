# Files of proto: one line a module.
noinst_LIBRARIES += libproto.a
libproto_a_SOURCES =
libproto_a_SOURCES += proto/base64.h proto/base64.c
libproto_a_SOURCES += proto/control_line.h proto/control_line.c
libproto_a_SOURCES += proto/exim_client.h proto/exim_client.c
libproto_a_SOURCES += proto/exim_line.h proto/exim_line.c
libproto_a_SOURCES += proto/line.h proto/line.c
libproto_a_SOURCES += proto/netstring.h proto/netstring.c
libproto_a_SOURCES += proto/printable.h proto/printable.c
libproto_a_SOURCES += proto/socketmap.h proto/socketmap.c
libproto_a_SOURCES += proto/span.h
