#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make_certificates.sh - writes certificate_fixtures.h: certificates made by openssl(1), and what
# openssl(1) and date(1) say is in them. Run by hand: ./make_certificates.sh > certificate_fixtures.h
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat > "$dir/cnf" <<'END'
[req]
distinguished_name=dn
prompt=no
[dn]
C=XX
O=Example
CN=mx.example.com
[ca]
basicConstraints=critical,CA:TRUE,pathlen:1
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always,issuer:always
nameConstraints=critical,permitted;DNS:example.com,permitted;email:.example.com,excluded;IP:10.0.0.0/255.0.0.0,excluded;dirName:elsewhere
certificatePolicies=critical,1.2.3.4
policyConstraints=critical,requireExplicitPolicy:3
inhibitAnyPolicy=2
nsCertType=sslCA
[elsewhere]
O=Elsewhere
[leaf]
basicConstraints=CA:FALSE
keyUsage=digitalSignature,keyEncipherment
extendedKeyUsage=clientAuth,serverAuth
authorityKeyIdentifier=keyid
subjectAltName=DNS:mx.example.com,DNS:*.mail.example.com,IP:192.0.2.1,email:a@example.com,URI:https://example.com/,RID:1.2.3.4,dirName:elsewhere,otherName:1.2.3.4;UTF8:other
crlDistributionPoints=URI:http://example.com/crl
END
emit() { # NAME file: an array
    echo "static const uint8_t $1[] = {"
    od -An -v -tx1 "$2" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1, /g; s/ $//; s/^/    /'
    echo "};"
}
describe() { # NAME: the certificate, its SubjectPublicKeyInfo and dates
    emit "$1_certificate" "$dir/$1.der"
    openssl x509 -inform DER -in "$dir/$1.der" -noout -pubkey |
        openssl pkey -pubin -outform DER -out "$dir/$1.spki"
    emit "$1_spki" "$dir/$1.spki"
    for which in startdate enddate; do
        when=$(openssl x509 -inform DER -in "$dir/$1.der" -noout "-$which")
        echo "#define $1_$which INT64_C($(date -u -d "${when#*=}" +%s))"
    done
}
{
    openssl genpkey -algorithm ed25519 -out "$dir/ca.key"
    openssl genpkey -algorithm ed25519 -out "$dir/leaf.key"
    openssl req -x509 -config "$dir/cnf" -extensions ca -key "$dir/ca.key" -days 365000 \
        -outform DER -out "$dir/ca.der"
    openssl x509 -inform DER -in "$dir/ca.der" -out "$dir/ca.pem"
    openssl req -new -config "$dir/cnf" -key "$dir/leaf.key" -out "$dir/leaf.csr"
    openssl x509 -req -in "$dir/leaf.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -set_serial -5 \
        -days 100 -extfile "$dir/cnf" -extensions leaf -outform DER -out "$dir/leaf.der"
    openssl x509 -req -in "$dir/leaf.csr" -signkey "$dir/leaf.key" -set_serial 0 -days 100 \
        -outform DER -out "$dir/v1.der"
    openssl req -x509 -config "$dir/cnf" -newkey rsa:1024 -nodes -keyout "$dir/rsa.key" -days 3 \
        -outform DER -out "$dir/rsa.der"
} 2> /dev/null
echo "/* SPDX-License-Identifier: GPL-3.0-or-later */"
echo "/* certificate_fixtures.h - made by make_certificates.sh; do not edit. */"
echo "/* clang-format off */"
for name in ca leaf v1 rsa; do
    describe $name
done
