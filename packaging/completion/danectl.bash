# SPDX-License-Identifier: GPL-3.0-or-later
# danectl.bash - completion of danectl for bash.
# shellcheck shell=bash disable=SC2207 # the words have no blanks

_danectl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local index=1 command='' options='' files=''
    local commands='status stats explain dump flush reload log policy verify tlsa check rollover'
    COMPREPLY=()
    case $previous in
    -s | --socket | --new | --state)
        compopt -o filenames
        COMPREPLY=($(compgen -f -- "$current"))
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
    '') options="$commands -s --help --version" ;;
    status | stats | dump | reload | explain) options='--json --socket --help' ;;
    flush) options='--all --json --socket --help' ;;
    log) options='error warning info debug --json --socket --help' ;;
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
    if [ -n "$files" ] && [ "${current#-}" = "$current" ]; then
        compopt -o filenames
        COMPREPLY=($(compgen -f -- "$current"))
        return
    fi
    COMPREPLY=($(compgen -W "$options" -- "$current"))
}

complete -F _danectl danectl
