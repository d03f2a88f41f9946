# SPDX-License-Identifier: GPL-3.0-or-later
# common.sh - what every lint needs; sourced, with "$@" being an optional tree to look at.
#
# A lint prints one line "FILE:LINE: what is wrong" for each fault, and "ok NAME" if there is none.
# Its status is 0, 1 (faults), or 77 (a tool is missing, with the reason: not run here).
set -eu
lint=$(basename "$0")
tree=${1:-${srcdir:-$(dirname "$0")/../..}}
cd "$tree"
faults=0
looked_at=0

# Prints the C files below the given folders, one a line.
c_files() {
    find "$@" -name '*.[ch]' ! -path '*/.*' | LC_ALL=C sort
}

# Prints the scripts: files with a "#!" line that are not binary.
script_files() {
    find daemon proto client-shims tests packaging .ci -type f ! -path '*/corpus/*' \
        ! -path '*/build-aux/*' ! -path '*/m4/*' ! -name '*.[ch]' -exec grep -lI '^#!' {} + \
        2>/dev/null | LC_ALL=C sort
}

# Prints a C file with comments and the insides of literals blanked out, its lines kept.
code_of() {
    perl -0777 -pe '
        s{(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*")|(\x27(?:\\.|[^\x27\\\n])*\x27)}
         { defined $1 ? $1 =~ s/[^\n]//gr : defined $2 ? "\"\"" : "0" }gsex' "$1"
}

fault() {
    printf '%s\n' "$*"
    faults=$((faults + 1))
}

# Calls fault for every line of standard input.
faults_from_lines() {
    while IFS= read -r line; do
        [ -z "$line" ] || fault "$line"
    done
}

skip() {
    printf 'SKIP: %s: %s\n' "$lint" "$*"
    exit 77
}

# Ends the lint. One that has looked at nothing has failed: it would never find anything.
finish() {
    if [ "$looked_at" -eq 0 ]; then
        fault "$lint: found no file to look at"
    fi
    if [ "$faults" -gt 0 ]; then
        printf 'not ok %s: %d faults in %d files\n' "$lint" "$faults" "$looked_at"
        exit 1
    fi
    printf 'ok %s: %d files\n' "$lint" "$looked_at"
    exit 0
}
