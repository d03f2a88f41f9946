# Files of client-shims.

# danectl: one file for each subcommand.
bin_PROGRAMS += danectl
danectl_SOURCES = \
    client-shims/danectl/command.h \
    client-shims/danectl/main.c \
    client-shims/danectl/verify.c
danectl_LDADD = libio.a libcore.a libproto.a $(WOLFSSL_LIBS) $(JANSSON_LIBS)
