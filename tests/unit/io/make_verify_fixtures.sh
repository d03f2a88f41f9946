#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make_verify_fixtures.sh - writes verify_fixtures.h: keys, and certificates signed with them, made
# by openssl(1). Run by hand: ./make_verify_fixtures.sh > verify_fixtures.h
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
openssl genpkey -algorithm ed25519 -out "$dir/leaf.key"
openssl req -new -key "$dir/leaf.key" -subj /CN=mx.example.com -out "$dir/leaf.csr"
emit() { # NAME file: an array
    echo "static const uint8_t $1[] = {"
    od -An -v -tx1 "$2" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1, /g; s/ $//; s/^/    /'
    echo "};"
}
make() { # NAME "options of genpkey" "options of x509"
    # shellcheck disable=SC2086
    openssl genpkey -quiet $2 -out "$dir/$1.key" 2> "$dir/log"
    openssl req -x509 -new -key "$dir/$1.key" -subj /CN=ca -days 365000 -out "$dir/$1.pem"
    # shellcheck disable=SC2086
    openssl x509 -req -in "$dir/leaf.csr" -CA "$dir/$1.pem" -CAkey "$dir/$1.key" -set_serial 1 \
        -days 365000 $3 -outform DER -out "$dir/$1.der" 2> "$dir/log"
    openssl pkey -in "$dir/$1.key" -pubout -outform DER -out "$dir/$1.spki"
    emit "$1_spki" "$dir/$1.spki"
    emit "$1_signed" "$dir/$1.der"
}
rsa="-algorithm RSA -pkeyopt rsa_keygen_bits"
ec="-algorithm EC -pkeyopt ec_paramgen_curve"
echo '/* SPDX-License-Identifier: GPL-3.0-or-later */'
echo '/* verify_fixtures.h - made by make_verify_fixtures.sh; do not edit. */'
echo '/* clang-format off */'
make rsa_1024 "$rsa:1024" -sha256
make rsa_2048 "$rsa:2048" -sha256
make rsa_4096 "$rsa:4096" -sha512
make rsa_8_octets "$rsa:2048 -pkeyopt rsa_keygen_pubexp:18446744073709551557" -sha256
make rsa_signs_pss "$rsa:2048" "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32"
make rsa_pss "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048" -sha256
make p_256 "$ec:P-256" -sha256
make p_384 "$ec:P-384" -sha384
make p_521 "$ec:P-521" -sha512
make ed25519 "-algorithm ed25519" ""
make ed448 "-algorithm ed448" ""
