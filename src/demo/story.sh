#!/bin/sh
# The upgrade that every host of the demo runs: one text for all of them. DEMO_ROLE says how it goes on
# this host; DEMO_SEED varies the packages and the pace. Builtins and sleep only: a fleet of them costs little.
set -u

role=${DEMO_ROLE:-quick}
seed=${DEMO_SEED:-1}
host=${DEMO_HOST:-localhost}
kernel=6.1.0-28-amd64

# Sets n to a number below $1: the same numbers on every run of the same host.
roll() {
    seed=$(((seed * 75 + 74) % 65537))
    n=$((seed / 3 % $1))
}

# Sleeps for $1 tenths of a second.
rest() {
    sleep "$(($1 / 10)).$(($1 % 10))"
}

# Is the demo still there? Killed by force it cannot end what runs on its hosts.
served() {
    kill -0 "${DEMO_PID:-$$}" 2>/dev/null
}

lists() {
    printf 'Reading package lists... Done\n'
    rest 2
    printf 'Building dependency tree... Done\nReading state information... Done\n'
}

nothing_to_do() {
    lists
    roll 28
    rest $((n + 1))
    # Databases print the same as each other, and not the same as the rest.
    case $host in
    db*) printf 'The following packages have been kept back:\n  postgresql-15\n0 upgraded, 0 newly installed, 0 to remove and 1 not upgraded.\n' ;;
    *) printf '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n' ;;
    esac
    printf '\033[32m✓\033[0m %s is up to date\n' "$host"
}

# Fetches, unpacks and sets up the packages given, each step $pace tenths of a second and a little more. Hosts of a kind
# print the same and differ in their pace only, so that equal outputs can be told from the others.
upgrade() {
    roll 5
    pace=$((n + 1))
    lists
    printf '%s upgraded, 0 newly installed, 0 to remove and 3 not upgraded.\n' "$#"
    item=0
    for package do
        item=$((item + 1))
        printf 'Get:%s http://deb.debian.org/debian bookworm/main amd64 %s amd64 [%s kB]\n' "$item" "$package" $((item * 571 % 1900 + 40))
        rest "$pace"
    done
    item=0
    for package do
        item=$((item + 1))
        printf 'Unpacking %s (%s.%s-1+deb12u2) over (%s.%s-1+deb12u1) ...\n' "$package" "$item" $((item + 2)) "$item" $((item + 1))
        roll 9
        rest $((pace + n % 4))
    done
    for package do
        printf 'Setting up %s ...\n' "$package"
        roll 5
        rest $((pace + n))
    done
    printf 'Processing triggers for libc-bin (2.36-9+deb12u10) ...\n'
    rest "$pace"
}

# One line that is drawn over and over, as a download shows it.
download() {
    roll 5
    pace=$((n + 2))
    lists
    printf 'Fetching linux-image-%s [68 MB]\n' "$kernel"
    bar=
    step=0
    while [ "$step" -lt 20 ]; do
        bar=$bar█
        step=$((step + 1))
        roll 3
        printf '\r\033[32m%s\033[90m%.*s\033[0m %3s%%  %s.%s MB/s' "$bar" $((20 - step)) .................... \
            $((step * 5)) $((step % 5 + 3)) $((step * 7 % 10))
        rest $((pace + n))
    done
    printf '\n\033[32m✓\033[0m linux-image-%s installed, \033[33mreboot required\033[0m\n' "$kernel"
}

# Held by another upgrade the first time; a retry finds the lock free.
locked() {
    printf 'Reading package lists...\n'
    roll 12
    rest $((n + 6))
    if [ ! -e "$HOME/.lock-was-held" ]; then
        : >"$HOME/.lock-was-held"
        {
            printf 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process %s (unattended-upgr)\n' $((n + 2470))
            printf 'N: Be aware that removing the lock file is not a solution and may break your system.\n'
            printf 'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n'
        } >&2
        exit 100
    fi
    nothing_to_do
}

restart_fails() {
    upgrade "$1" "$2"
    printf 'Restarting %s.service ...\n' "$service"
    rest 14
    {
        printf '\033[31mJob for %s.service failed\033[0m because the control process exited with error code.\n' "$service"
        printf 'See "systemctl status %s.service" and "journalctl -xeu %s.service" for details.\n' "$service" "$service"
    } >&2
    exit 1
}

# Waits for an answer that nobody will give: a database asks for it, the others say no word.
hang() {
    upgrade "$1" "$2" "$3"
    case $host in
    db*) printf 'Setting up libc6 (2.36-9+deb12u10) ...\nRestart services during package upgrades without asking? [y/N] ' ;;
    *) printf 'Setting up grub-pc (2.06-13+deb12u1) ...\n' ;;
    esac
    while served; do
        sleep 5
    done
}

stubborn() {
    trap '' TERM
    upgrade "$1" "$2"
    printf 'Stopping %s.service: waiting for its clients, not to be interrupted\n' "$service"
    clients=17
    while served; do
        printf '%s: %s clients still connected\n' "$service" "$clients"
        roll 5
        clients=$((clients > 9 ? clients - n / 3 : 9 + n))
        rest $((25 + n))
    done
}

# The background job keeps the output open after the upgrade itself is over.
leak() {
    upgrade "$1" "$2"
    while served; do
        sleep 5
    done &
    printf 'vector.service: log shipper started in the background\n'
    printf '\033[32m✓\033[0m %s upgraded\n' "$host"
}

slow() {
    upgrade "$1" "$2"
    printf 'update-initramfs: Generating /boot/initrd.img-%s\n' "$kernel"
    rest 230
    printf 'Generating grub configuration file ...\nFound linux image: /boot/vmlinuz-%s\n' "$kernel"
    rest 200
    printf '\033[32m✓\033[0m %s upgraded, \033[33mreboot required\033[0m\n' "$host"
}

case $host in
db*)
    service=postgresql@15-main
    set -- postgresql-15 postgresql-client-15 libpq5 libssl3 openssl zstd libzstd1 pgbackrest tzdata
    ;;
cache*)
    service=redis-server
    set -- redis-server redis-tools libjemalloc2 libssl3 openssl liblua5.1-0 tzdata
    ;;
*)
    service=nginx
    set -- nginx nginx-common libssl3 openssl curl libcurl4 libnghttp2-14 libxml2 ca-certificates tzdata
    ;;
esac

case $role in
chatty)
    upgrade "$@"
    roll 2
    [ "$n" -eq 0 ] || printf '\033[33mW:\033[0m %s.service was not restarted, it has an open session\n' "$service" >&2
    printf '\033[32m✓\033[0m %s upgraded, %s packages\n' "$host" "$#"
    ;;
progress) download ;;
slow) slow "$@" ;;
locked) locked ;;
broken) restart_fails "$@" ;;
hangs) hang "$@" ;;
ignores-term) stubborn "$@" ;;
leaks) leak "$@" ;;
*) nothing_to_do ;;
esac
