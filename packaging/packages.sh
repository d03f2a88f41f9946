# SPDX-License-Identifier: GPL-3.0-or-later
# packages.sh - the Debian packages that daned needs, and how they are installed; sourced.
# shellcheck shell=bash disable=SC2034 # the lists are for the scripts that source this

packages_build=(gcc libc6-dev make autoconf automake pkg-config
    libuv1-dev libgetdns-dev libwolfssl-dev libidn2-dev libconfuse-dev libjansson-dev libmicrohttpd-dev
    libsystemd-dev libseccomp-dev)
packages_world=(nsd unbound bind9-utils ldnsutils openssl python3 netcat-openbsd)
packages_check=(netbase clang clang-format-14 clang-format libclang-rt-14-dev valgrind libcmocka-dev libssl-dev mandoc
    shellcheck clang-tidy cppcheck rpm rpmlint iproute2 util-linux procps strace prometheus zsh)
packages_bench=(python3 redis-server)
packages_deb=(build-essential dpkg-dev debhelper fakeroot lintian libcmocka-dev systemd dns-root-data)

# Runs apt-get without questions and without starting or enabling any service: a resolver or a name
# server that appeared on port 53 would change the machine. Needs root.
packages_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# Installs those of the given packages that are missing; without a missing one, apt is not run.
# Status 1 if that does not work; apt's own words are on standard error.
packages_install() {
    local missing=() package policy=/usr/sbin/policy-rc.d blocked=0 status=0
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "These packages are missing, and only root can install them: ${missing[*]}" >&2
        return 1
    fi
    echo "Installing: ${missing[*]}"
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        blocked=1
    fi
    { apt-get -q update && packages_apt install --no-install-recommends "${missing[@]}"; } \
        >"${TMPDIR:-/tmp}/daned-apt.$$" 2>&1 || status=1
    [ "$blocked" -eq 0 ] || rm -f "$policy"
    [ "$status" -eq 0 ] || tail -n 20 "${TMPDIR:-/tmp}/daned-apt.$$" >&2
    rm -f "${TMPDIR:-/tmp}/daned-apt.$$"
    # They are wanted as programs of ours, on ports of ours, and not at the next boot either.
    for package in "${missing[@]}"; do
        case $package in
        nsd | unbound | prometheus | redis-server)
            [ ! -d /run/systemd/system ] || systemctl -q disable "$package" 2>/dev/null || :
            ;;
        esac
    done
    return "$status"
}

# The libraries that a package needs, by itself or through others, and the machine lacks; what they
# are called differs from release to release.
packages_missing_libraries() {
    local library
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances "$1" | grep '^lib' | LC_ALL=C sort -u |
        while read -r library; do
            [ "$(dpkg-query -W -f '${db:Status-Status}' "$library" 2>/dev/null)" = installed ] ||
                echo "$library"
        done
}

# packages_unpack PACKAGE DIRECTORY: fetches the package and these libraries into DIRECTORY.debs, and
# unpacks them in DIRECTORY; all that is below /lib then comes to be below /usr/lib. Nothing is installed.
packages_unpack() {
    local libraries package
    # What is installed is known without lists, too, but not where to fetch it.
    apt-get -q --print-uris download "$1" >/dev/null 2>&1 || apt-get -q update || return 1
    libraries=$(packages_missing_libraries "$1") || return 1
    mkdir -p "$2" "$2.debs" || return 1
    # Root's apt hands downloads to another user, who may not write here: that is only a warning.
    # shellcheck disable=SC2086 # a list of words
    (cd "$2.debs" && apt-get -q download "$1" $libraries) || return 1
    for package in "$2.debs"/*.deb; do
        dpkg -x "$package" "$2" || return 1
    done
    [ ! -d "$2/lib" ] || { cp -a "$2/lib/." "$2/usr/lib/" && rm -rf "${2:?}/lib"; }
}
