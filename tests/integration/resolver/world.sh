#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# world.sh - a tiny signed world for the resolver's tests, in a directory and on an address its own.
#
#   world.sh DIR ADDRESS make          sign the zones, write the configurations
#   world.sh DIR ADDRESS start WHAT    WHAT: nsd, validating, spare, blind (on the port of spare), liar
#   world.sh DIR ADDRESS stop WHAT
#   world.sh DIR ADDRESS relay MODE    what the relay does from now on, see liar.py
#
# Ports: 5300 nsd, 5301 validating, 5302 spare or blind, 5303 silent, 5304 liar, 5305 nobody,
# 5306 relay (part of the liar).
# start and stop return only when the server answers, or is gone; status 1 if that takes too long.
set -eu
dir=$1
address=$2
command=$3
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

# poll TEXT COMMAND...: until COMMAND succeeds, at most 30 s.
poll() {
    what=$1
    shift
    tries=0
    while ! "$@"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ]; then
            echo "world.sh: $what: not within 30 s" >&2
            exit 1
        fi
        sleep 0.05
    done
}

zone_head() { # ORIGIN
    printf '$ORIGIN %s\n$TTL 3600\n' "$1"
    echo "@ SOA ns.example. hostmaster.example. 1 7200 3600 1209600 300"
    echo "@ NS ns.example."
}

# Signs DIR/NAME.zone of ORIGIN into DIR/NAME.signed, and leaves its DS in DIR/NAME.ds.
sign() { # NAME ORIGIN
    key=$(cd "$dir" && dnssec-keygen -q -a ECDSAP256SHA256 -f KSK "$2")
    cat "$dir/$key.key" >>"$dir/$1.zone"
    dnssec-dsfromkey -a SHA-256 "$dir/$key.key" >"$dir/$1.ds"
    grep -v '^;' "$dir/$key.key" >"$dir/$1.anchor"
    (cd "$dir" && dnssec-signzone -q -P -z -O full -o "$2" -f "$1.signed" "$1.zone" "$key") >/dev/null
}

repeat() { # CHARACTER TIMES
    printf "%$2s" '' | tr ' ' "$1"
}

make_zones() {
    {
        zone_head example.
        echo "@ MX 10 mx"
        echo "ns A $address"
        echo "mx 700 A 192.0.2.1"
        echo "mx 600 AAAA 2001:db8::1"
        echo "_25._tcp.mx 1200 TLSA 3 1 1 $(repeat a 64)"
        echo "alias CNAME Second.example."
        echo "second CNAME mx"
        echo '*.many A 192.0.2.7'
        echo '*.lie A 192.0.2.53'
        # Not echo: dash's own takes "\032" for an octal escape.
        printf '%s\n' 'dot\.in\032label\255 A 192.0.2.8'
        echo "$(repeat a 63).$(repeat b 63).$(repeat c 63).$(repeat d 53) A 192.0.2.9"
        i=0
        while [ $i -lt 60 ]; do
            printf '_25._tcp.sixty TLSA 3 1 1 %064x\n' $i
            i=$((i + 1))
        done
    } >"$dir/example.zone"
    sign example example.
    { zone_head bogus. && echo "www A 192.0.2.66"; } >"$dir/bogus.zone"
    sign bogus bogus.
    # An address that its signature does not cover: bogus.
    sed -i 's/192\.0\.2\.66/192.0.2.67/' "$dir/bogus.signed"
    { zone_head insecure. && echo "www A 192.0.2.10" && echo '*.many A 192.0.2.11'; } >"$dir/insecure.signed"
    {
        zone_head .
        echo "example. NS ns.example."
        echo "bogus. NS ns.example."
        echo "insecure. NS ns.example."
        cat "$dir/example.ds" "$dir/bogus.ds"
    } >"$dir/root.zone"
    sign root .
}

unbound_conf() { # NAME PORT MODULES [ANCHOR]
    cat <<EOF
server:
  interface: $address
  port: $2
  username: ""
  chroot: ""
  directory: "$dir"
  pidfile: "$dir/$1.pid"
  logfile: "$dir/$1.log"
  use-syslog: no
  do-ip6: no
  do-not-query-localhost: no
  outgoing-interface: $address
  module-config: "$3"
  ${4:+trust-anchor-file: \"$4\"}
  ede: yes
  qname-minimisation: no
  incoming-num-tcp: 100
  num-queries-per-thread: 4096
  outgoing-range: 4096
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: $address@5300
EOF
}

make_conf() {
    cat >"$dir/nsd.conf" <<EOF
server:
  ip-address: $address@5300
  username: ""
  chroot: ""
  zonesdir: "$dir"
  database: ""
  pidfile: "$dir/nsd.pid"
  xfrdfile: "$dir/xfrd.state"
  zonelistfile: "$dir/zone.list"
  xfrdir: "$dir"
  logfile: "$dir/nsd.log"
  server-count: 1
  rrl-ratelimit: 0
  do-ip6: no
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.signed"
EOF
    for zone in example bogus insecure; do
        printf 'zone:\n  name: "%s."\n  zonefile: "%s.signed"\n' $zone $zone >>"$dir/nsd.conf"
    done
    unbound_conf validating 5301 "validator iterator" "$dir/root.anchor" >"$dir/validating.conf"
    unbound_conf spare 5302 "validator iterator" "$dir/root.anchor" >"$dir/spare.conf"
    unbound_conf blind 5302 iterator >"$dir/blind.conf"
}

listens() { # PORT
    /usr/bin/python3 -c 'import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)' "$address" "$1" 2>/dev/null
}

is_gone() { # PID
    ! kill -0 "$1" 2>/dev/null
}

start() {
    case $1 in
    nsd) port=5300 && nsd -c "$dir/nsd.conf" ;;
    validating) port=5301 && unbound -c "$dir/validating.conf" ;;
    spare | blind) port=5302 && unbound -c "$dir/$1.conf" ;;
    liar)
        port=5304
        /usr/bin/python3 "$here/liar.py" "$address" 5303 5304 5306 "$dir/relay.mode" \
            >"$dir/liar.log" 2>&1 &
        echo $! >"$dir/liar.pid"
        ;;
    esac
    poll "start of $1" listens $port
}

stop() {
    [ -s "$dir/$1.pid" ] || return 0
    pid=$(cat "$dir/$1.pid")
    kill "$pid" 2>/dev/null || true
    poll "end of $1" is_gone "$pid"
    rm -f "$dir/$1.pid"
}

case $command in
make)
    make_zones
    make_conf
    ;;
start) start "$4" ;;
stop) stop "$4" ;;
relay) echo "$4" >"$dir/relay.new" && mv "$dir/relay.new" "$dir/relay.mode" ;;
*)
    echo "world.sh: unknown command $command" >&2
    exit 64
    ;;
esac
