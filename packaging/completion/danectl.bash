# SPDX-License-Identifier: GPL-3.0-or-later
# danectl.bash - completion of danectl for bash.
# shellcheck shell=bash disable=SC2207 # the words have no blanks

# Completes the name of a file; names may have blanks.
_danectl_files() {
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_danectl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local index=1 command='' options='' words='' files=''
    COMPREPLY=()
    case $previous in
    -s | --socket | --new | --state)
        _danectl_files "$current"
        return
        ;;
    esac
    while [ "$index" -lt "$COMP_CWORD" ]; do
        case ${COMP_WORDS[index]} in
        -s) index=$((index + 1)) ;;
        -*) ;;
        *)
            command=${COMP_WORDS[index]}
            break
            ;;
        esac
        index=$((index + 1))
    done
    case $command in
    '')
        options='-s --help --version'
        words='status stats explain dump flush reload log policy verify tlsa check rollover'
        ;;
    status | stats | dump | reload | explain) options='--json --socket --help' ;;
    flush) options='--all --json --socket --help' ;;
    log)
        options='--json --socket --help'
        words='error warning info debug'
        ;;
    policy) options='--host --via --json --help' ;;
    verify)
        options='--tlsa --name --at --destination --host --port --addr --sni --via --json --help'
        files=yes
        ;;
    check) options='--timeout --warn-days --at --resolve --connect-port --json --socket --help' ;;
    rollover)
        options='--host --new --port --state --published-since --ttl --resolver --allow-remote --timeout
            --resolve --connect-port --ns-port --json --help'
        ;;
    tlsa)
        options='--usage --selector --matching-type --host --port --json --help'
        files=yes
        ;;
    esac
    case $current in
    -*) words=$options ;;
    *)
        if [ -n "$files" ]; then
            _danectl_files "$current"
            return
        fi
        ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -F _danectl danectl
