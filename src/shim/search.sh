# shellcheck shell=sh
# The search: whether processes of earlier attempts live on this host. It is sent as the shim is (the builder, search.rs,
# strips comments and fills in the words in double underscores), in a session of its own. It signals nobody and changes
# nothing, unless it is told to kill processes by number: then those of them that still are the attempt's.
#
# A process is taken for an attempt's when it has the cookie of that attempt in its environment, or is in the session or
# the group of the attempt's first process. Numbers of processes are used again: whoever reads the answer judges by the
# age whether that is still the same session.
# shellcheck disable=SC2317 # the builder fills in the calls
{
  echo "__MARK__ up" >&2
  exec </dev/null 2>/dev/null
  echo "__MARK__ up"
  export LC_ALL=C

  # When a process began, in the system's ticks, from its stat without the name: the twentieth word.
  began() { began=${20:-}; }

  # Ours is that of this shell, which has just begun.
  began=''
  read -r stat </proc/self/stat
  # shellcheck disable=SC2086 # lists are to be split
  began ${stat##*") "}
  now=${began:-0}

  only=''

  # Looks for what has the cookie $2 or is in the session $3, and tells it as of the attempt $1. The last file comes back
  # only if the search ran to its end and could see the processes of others: without that proof nothing found means
  # nothing.
  # shellcheck disable=SC2086 # lists are to be split, and these paths have no spaces
  hunt() {
    nth=$1 cookie=$2 leader=$3 count=0 proof='' seen=''
    files=$(grep -ls -e ") . [0-9]* $leader " -e ") . [0-9]* [0-9]* $leader " -e "HEELER_JOB=$cookie" -e '^1 (' \
      /proc/[0-9]*/stat /proc/[0-9]*/environ /proc//1/stat)
    for file in $files; do
      case $file in /proc//*) proof=1 && continue ;; esac
      pid=${file#/proc/}
      pid=${pid%/*}
      case "$seen " in *" $pid "*) continue ;; esac
      # The name in brackets may hold anything, newlines and `) ` included.
      stat=''
      while IFS= read -r line; do stat="$stat$line "; done <"/proc/$pid/stat"
      name=${stat#*"("}
      name=${name%")"*}
      set -- ${stat##*") "}
      # The pattern may have met a name; the first process of the system always meets it.
      case ${4:-none},$file,$3,$4 in
        none,*) continue ;;
        *,*/environ,*) ;;
        *,"$leader",* | *,"$leader") ;;
        *) continue ;;
      esac
      case $1 in [ZXx]) continue ;; esac
      seen="$seen $pid"
      kin=session
      case $files,$4 in
        *"/proc/$pid/environ"*,"$leader") kin=both ;;
        *"/proc/$pid/environ"*) kin=cookie ;;
      esac
      state=$1 began=''
      began "$@"
      key=''
      while read -r key _ uid _; do [ "$key" = Uid: ] && break; done <"/proc/$pid/status"
      [ "$key" ] || continue
      case $only in
        '') ;;
        *" $pid "*)
          struck=1
          kill -s KILL "$pid" || { [ -e "/proc/$pid/stat" ] && denied="$denied $pid"; }
          continue
          ;;
        *) continue ;;
      esac
      count=$((count + 1))
      # Printable ASCII only, and no backslash, which some echos interpret; brackets go with it, as zsh cannot have `]`
      # in this place.
      while :; do
        case $name in
          *[!!-Z^-~]*) name=${name%%[!!-Z^-~]*}_${name#*[!!-Z^-~]} ;;
          *) break ;;
        esac
      done
      echo "__MARK__ pid $nth $pid $kin $state $uid $(((now - ${began:-now}) / 100)) ${name:-_}"
    done
  }

  # Sends KILL to those of the numbers after $3 that hunt finds, and waits a little until they are gone.
  # shellcheck disable=SC2086 # a list is to be split
  strike() {
    which=$1 mark=$2 first=$3 asked=''
    shift 3
    only=" $* "
    # shellcheck disable=SC2034 # counts only
    for try in 1 2 3 4 5; do
      struck='' denied=''
      hunt "$which" "$mark" "$first"
      # The same question is put once: a refusal goes to the log of the host's administrator.
      [ "$denied" ] && [ "$denied" != "$asked" ] && asked=$denied && sudo -n kill -s KILL $denied >/dev/null
      [ "$struck" ] || break
      sleep .2 || sleep 1
    done
    only=''
  }

  look() {
    hunt "$@"
    # What forks all the time may have been between two looks.
    [ "$count" = 0 ] && hunt "$@"
    how=all
    [ "$proof" ] || how=hidden
    command -v grep >/dev/null || how="grep"
    [ -e /proc/self/stat ] || how=proc
    echo "__MARK__ looked $nth $count $how"
  }
__LOOKS__
  exit 0
}
