# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for sandgraft(1). The options are asked of the program itself, so that they are never out of date.

_sandgraft_options() {
    "$1" "$2" --help 2>/dev/null | grep -oE -- '(^|[^-[:alnum:]])--[a-z][a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}

_sandgraft_commands() {
    "$1" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# The names of the sandboxes of the libvirt that the words name; none in time where libvirt does not answer.
_sandgraft_names() {
    local i words=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -c | --connect) words+=("${COMP_WORDS[@]:i:2}") ;;
        -c* | --connect=*) words+=("${COMP_WORDS[i]}") ;;
        esac
    done
    timeout 2 "$1" "${words[@]}" list --all --quiet 2>/dev/null
}

# Where the command of sandgraft is, behind the options that all of them share.
_sandgraft_command() {
    local i=1
    while ((i < COMP_CWORD)); do
        case ${COMP_WORDS[i]} in
        -c | --connect) ((i += 2)) ;;
        -*) ((i += 1)) ;;
        *) break ;;
        esac
    done
    echo "$i"
}

# Where the sandbox's own command starts: behind "--", else nowhere.
_sandgraft_separator() {
    local i
    for ((i = 2; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -- ]] && echo "$i" && return
    done
}

_sandgraft() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command separator
    COMPREPLY=()
    command=$(_sandgraft_command)
    ((COMP_CWORD < command)) && return
    if ((COMP_CWORD == command)) || [[ ${COMP_WORDS[command]} == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_sandgraft_commands "$program") help --connect --help --json --version" \
            -- "$word")
        return
    fi
    separator=$(_sandgraft_separator)
    if [[ -n $separator ]]; then
        if ((COMP_CWORD == separator + 1)); then
            mapfile -t COMPREPLY < <(compgen -c -- "$word")
        else
            compopt -o default 2>/dev/null
        fi
        return
    fi
    case $previous in
    --root | --workdir | -w) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --user | -u) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
    --env | -e) mapfile -t COMPREPLY < <(compgen -v -- "$word") ;;
    --virt) mapfile -t COMPREPLY < <(compgen -W 'auto lxc' -- "$word") ;;
    --network) mapfile -t COMPREPLY < <(compgen -W 'none' -- "$word") ;;
    --signal | -s) mapfile -t COMPREPLY < <(compgen -A signal -- "$word") ;;
    --channel) mapfile -t COMPREPLY < <(compgen -W 'auto console socket' -- "$word") ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_sandgraft_options "$program" "${COMP_WORDS[command]}")" -- "$word")
        elif [[ ${COMP_WORDS[command]} =~ ^(show|rename|clone|rm|start|stop|restart|kill|wait|exec|shell|attach|logs|serve)$ ]]; then
            mapfile -t COMPREPLY < <(_sandgraft_names "$program" | while IFS= read -r name; do
                [[ $name == "$word"* ]] && printf '%q\n' "$name"
            done)
        else
            compopt -o default 2>/dev/null
        fi
        ;;
    esac
}

complete -F _sandgraft sandgraft
