#!/bin/sh
# Installs what the tests need beside cargo, with apt-get, and only when something is missing.
set -eu

# Each line: a program that must be there, and the package that has it.
needed() {
    cat <<'END'
ssh openssh-client
ssh-keygen openssh-client
/usr/sbin/sshd openssh-server
tmux tmux
dash dash
bash bash
busybox busybox
fish fish
tcsh tcsh
shellcheck shellcheck
pkill procps
perl perl
python3 python3
cmp diffutils
sudo sudo
/usr/sbin/useradd passwd
END
}

missing=$(needed | while read -r program package; do
    command -v "$program" >/dev/null 2>&1 || echo "$package"
done | sort -u | tr '\n' ' ')

if [ -z "$missing" ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "tests/install.sh: please install: $missing" >&2
    echo "tests/install.sh: (it only knows how to do that itself where there is apt-get)" >&2
    exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
    as_root() { "$@"; }
elif command -v sudo >/dev/null 2>&1; then
    as_root() { sudo "$@"; }
else
    echo "tests/install.sh: please run as root: apt-get install $missing" >&2
    exit 1
fi

echo "tests/install.sh: installing $missing"
case $missing in
*openssh-server*)
    echo "tests/install.sh: the tests start an sshd of their own; the service that the package may start is not needed" ;;
esac
as_root apt-get update -q
# The list is a list of words on purpose.
# shellcheck disable=SC2086
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null
