sbin_PROGRAMS += daned
daned_SOURCES = daemon/main.c
daned_LDADD = libio.a libcore.a libproto.a \
    $(UV_LIBS) $(GETDNS_LIBS) $(WOLFSSL_LIBS) $(IDN2_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)
