# shellcheck shell=bash
# A real sshd on 127.0.0.1 with keys and a configuration of its own, for the programs beside this file, which source it.
# Nothing of it is left behind.
#
# Sets:      dir    a private directory, for whatever else is to go with it
# Defines:   need PROGRAM...   ends the script, with the cure, when one is missing
#            open_site         starts the server; $dir/ssh_config leads every name to it

bench=${0##*/}

need() {
    local program
    for program; do
        command -v "$program" >/dev/null || {
            echo "benches/$bench: $program is missing (cargo build --release; apt-get install pdsh pssh openssh-server bsdutils time)" >&2
            exit 2
        }
    done
}

server=
close_site() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    rm -rf "$dir"
}

open_site() {
    need /usr/sbin/sshd ssh-keygen python3
    dir=$(mktemp -d /tmp/hlXXXXXX)
    trap close_site EXIT
    ssh-keygen -q -t ed25519 -N '' -f "$dir/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
    cp "$dir/key.pub" "$dir/authorized"
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir "$dir/home"
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    cat >"$dir/sshd_config" <<CONFIG
Port $port
ListenAddress 127.0.0.1
HostKey $dir/host_key
AuthorizedKeysFile $dir/authorized
PidFile none
StrictModes no
UsePAM no
UseDNS no
AcceptEnv PSSH_HOST
MaxStartups 2000
KexAlgorithms curve25519-sha256
SetEnv HOME=$dir/home
CONFIG
    printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$dir/host_key.pub")" >"$dir/known_hosts"
    cat >"$dir/ssh_config" <<CONFIG
Host *
    HostName 127.0.0.1
    Port $port
    User $(id -un)
    IdentityFile $dir/key
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile $dir/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    LogLevel ERROR
CONFIG
    /usr/sbin/sshd -D -f "$dir/sshd_config" &
    server=$!
    until ssh -F "$dir/ssh_config" -o ConnectTimeout=2 probe true 2>/dev/null; do
        kill -0 "$server"
        sleep 0.1
    done
    export XDG_STATE_HOME=$dir/state XDG_CONFIG_HOME=$dir/config
}
