#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""liar.py ADDRESS SILENT_PORT LIAR_PORT RELAY_PORT MODE_FILE - three bad resolvers over TCP.

On SILENT_PORT connections are accepted and never answered. On LIAR_PORT the first label of the
name that is asked says how the answer is wrong; SOA of the root, the self-test, is answered well,
with the AD bit. A lie points to 203.0.113.66, so that nobody can take it for the truth.

RELAY_PORT is a relay to the good resolver (5301) that can change in the middle of a connection. It
does what MODE_FILE says at the moment of each query ("SOA": that of the root, as probes ask it):
pass           nothing but relay
blind          ask the resolver that does not validate (5302) instead
strip-all      take the AD bit from every reply
strip-soa      take it from the SOA alone
strip-others   take it from all but the SOA
silent-soa     do not answer the SOA
servfail-soa   answer the SOA with SERVFAIL
split          SOA from the good one, all else from the blind one, one query a connection
late           keep the good reply to the first SOA until after the reply to the next question, from
               which, as from all that follow, the AD bit is taken
"""
import socket
import struct
import sys
import threading

QR, TC, RD, RA, AD = 0x8000, 0x0200, 0x0100, 0x0080, 0x0020
LIE = bytes([203, 0, 113, 66])


def name(text):
    """Wire form of a name without escapes."""
    return b"".join(bytes([len(l)]) + l.encode() for l in text.split(".") if l) + b"\0"


def record(owner, rtype, rdata, rclass=1):
    return owner + struct.pack("!HHIH", rtype, rclass, 300, len(rdata)) + rdata


def message(query_id, question, flags=QR | RD | RA | AD, answer=(), authority=(), extra=(), count=None):
    return (
        struct.pack("!HHHHHH", query_id, flags, 1 if question else 0,
                    len(answer) if count is None else count, len(authority), len(extra))
        + question + b"".join(answer) + b"".join(authority) + b"".join(extra)
    )


def frame(data):
    return struct.pack("!H", len(data)) + data


def lie(kind, query_id, question):
    """Bytes to send for a kind of lie, and whether to close the connection after them."""
    pointer = b"\xc0\x0c"
    truth = record(pointer, 1, LIE)
    soa = record(b"\0", 6, name("a.") + name("b.") + struct.pack("!5I", 1, 2, 3, 4, 5))
    if kind == "self-test":
        return frame(message(query_id, question, answer=[soa])), False
    if kind == "wrong-name":
        other = name("other.example.") + question[-4:]
        return frame(message(query_id, other, answer=[truth])), False
    if kind == "wrong-type":
        return frame(message(query_id, question[:-4] + b"\0\x1c\0\1", answer=[truth])), False
    if kind == "no-question":
        return frame(message(query_id, b"", answer=[record(question[:-4], 1, LIE)])), False
    if kind == "no-qr":
        return frame(message(query_id, question, flags=RD | AD, answer=[truth])), False
    if kind == "truncated":
        return frame(message(query_id, question, flags=QR | TC | RD | AD, answer=[truth])), False
    if kind == "garbage":
        return frame(struct.pack("!H", query_id) + b"\xff" * 60), False
    if kind == "miscount":
        return frame(message(query_id, question, answer=[truth], count=3)), False
    if kind == "cut-record":
        return frame(message(query_id, question, answer=[truth, truth])[:-3]), False
    if kind == "cut-tlsa":
        tlsa = record(pointer, 52, b"\3\1\1" + b"a" * 32)
        return frame(message(query_id, question, answer=[tlsa])[:-5]), False
    if kind == "trailing":
        return frame(message(query_id, question, answer=[truth]) + b"\0"), False
    if kind == "pointer-loop":
        loop = b"\xc0" + bytes([12 + len(question)])
        return frame(message(query_id, question, answer=[record(loop, 1, LIE)])), False
    if kind == "short-rdata":
        return frame(message(query_id, question, answer=[record(pointer, 1, LIE[:2])])), False
    if kind == "half":
        return frame(message(query_id, question, answer=[truth]))[:-9], True
    if kind == "hang-up":
        return b"", True
    if kind == "prefix-long":
        return struct.pack("!H", 4000) + message(query_id, question, answer=[truth]), False
    if kind == "prefix-tiny":
        return struct.pack("!H", 3) + b"abc", False
    if kind == "other-id":
        return frame(message(query_id ^ 1, question, answer=[truth])), False
    if kind == "odd-types":
        naptr = record(pointer, 35, b"\0\1\0\1\1s\3abc\0" + name("x.example."))
        srv = record(pointer, 33, b"\0\1\0\1\0\x19" + pointer)
        unknown = record(pointer, 65280, b"\1\2\3")
        return frame(message(query_id, question, answer=[naptr, srv, unknown, record(pointer, 1, LIE)],
                             extra=[naptr])), False
    if kind == "twice":
        data = frame(message(query_id, question, answer=[truth]))
        return data + data, False
    if kind == "badvers":
        opt = b"\0" + struct.pack("!HHIH", 41, 1232, 0x01000000, 0)
        return frame(message(query_id, question, extra=[opt])), False
    if kind == "no-ad":
        return frame(message(query_id, question, flags=QR | RD | RA, answer=[truth])), False
    return frame(message(query_id, question, flags=QR | RD | RA | 2)), False  # SERVFAIL


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return None
        data += part
    return data


def serve(connection):
    try:
        while True:
            prefix = read_exactly(connection, 2)
            query = prefix and read_exactly(connection, struct.unpack("!H", prefix)[0])
            if not query:
                return
            end = 12
            while query[end]:
                end += query[end] + 1
            question = query[12:end + 5]
            kind = query[13:13 + query[12]].decode() if query[12] else "self-test"
            data, close = lie(kind, struct.unpack("!H", query[:2])[0], question)
            connection.sendall(data)
            if close:
                return
    except OSError:
        pass
    finally:
        connection.close()


def exchange(address, port, query):
    """One query to a resolver of the world, over a connection of its own; gives the reply."""
    with socket.create_connection((address, port), 10) as server:
        server.sendall(frame(query))
        return read_exactly(server, struct.unpack("!H", read_exactly(server, 2))[0])


def relay_query(address, mode, query):
    """Gives the reply in this mode, or None if there is to be none."""
    is_soa = query[12:17] == b"\0\0\6\0\1"
    if is_soa and mode == "silent-soa":
        return None
    if is_soa and mode == "servfail-soa":
        return message(struct.unpack("!H", query[:2])[0], query[12:17], flags=QR | RD | RA | 2)
    blind = mode == "blind" or (mode == "split" and not is_soa)
    reply = exchange(address, 5302 if blind else 5301, query)
    if mode == "strip-all" or mode == ("strip-soa" if is_soa else "strip-others"):
        flags = struct.unpack("!H", reply[2:4])[0] & ~AD
        reply = reply[:2] + struct.pack("!H", flags) + reply[4:]
    return reply


def relay(connection, address, mode_file):
    late = None  # the reply that is kept
    try:
        while True:
            prefix = read_exactly(connection, 2)
            query = prefix and read_exactly(connection, struct.unpack("!H", prefix)[0])
            if not query:
                return
            with open(mode_file, encoding="ascii") as file:
                mode = file.read().strip()
            is_soa = query[12:17] == b"\0\0\6\0\1"
            if mode == "late" and late is None and is_soa:
                late = frame(relay_query(address, "pass", query))
                continue
            reply = relay_query(address, "strip-all" if late is not None else mode, query)
            if reply:
                connection.sendall(frame(reply) + (late or b""))
            if late:
                late = b""
            if mode == "split":
                return
    except OSError:
        pass
    finally:
        connection.close()


def listen(address, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(200)
    return listener


def accept_silently(listener, kept):
    while True:
        kept.append(listener.accept()[0])


def accept_relayed(listener, address, mode_file):
    while True:
        connection = listener.accept()[0]
        threading.Thread(target=relay, args=(connection, address, mode_file), daemon=True).start()


def main():
    address = sys.argv[1]
    relayed = listen(address, int(sys.argv[4]))
    threading.Thread(target=accept_relayed, args=(relayed, address, sys.argv[5]), daemon=True).start()
    silent = listen(address, int(sys.argv[2]))
    liar = listen(address, int(sys.argv[3]))
    threading.Thread(target=accept_silently, args=(silent, []), daemon=True).start()
    while True:
        connection = liar.accept()[0]
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


main()
