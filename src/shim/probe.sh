# shellcheck shell=sh
# The probe: what a job's processes do at this moment, and how hard its host is pressed. It is sent as the search is (the
# builder, probe.rs, strips comments and fills in the words in double underscores), in a session of its own. It signals
# nobody and changes nothing. What may hang comes last, so that everything else is told before.
#
# A process is the job's when it is in the session or the group of the job's first process, or has its cookie in its
# environment. Arguments are anybody's text: they come at the end of a line, with a control character for each backslash,
# because some echos interpret those.
# shellcheck disable=SC2317,SC2086,SC1003 # the builder fills in words; lists are to be split; that is a backslash
{
  echo "__MARK__ up" >&2
  exec </dev/null 2>/dev/null
  echo "__MARK__ up"
  export LC_ALL=C
  leader=__LEADER__ disk=__DISK__
  newline='
'

  say() { echo "__MARK__ $1"; }

  load=''
  read -r load </proc/loadavg
  [ "$load" ] && say "load $load"
  count=$(nproc || getconf _NPROCESSORS_ONLN)
  [ "$count" ] && say "processors $count"
  total='' free='' key='' value=''
  while read -r key value _; do
    case $key in
      MemTotal:) total=$value ;;
      MemAvailable:) free=$value && break ;;
    esac
  done </proc/meminfo
  [ "$free" ] && say "memory $total $free"

  # The words of a process's stat after its name, which may hold anything, newlines and `) ` included.
  stat_of() {
    stat=''
    while IFS= read -r line; do stat="$stat$line "; done <"/proc/$1/stat"
    name=${stat#*"("}
    name=${name%")"*}
    stat=${stat##*") "}
  }
  began() { began=${20:-0}; }

  # Tells each line of what `ps` said; the shell's own words are of no use where arguments hold stars.
  tell() {
    set -f
    IFS=$newline
    for line in $1; do say "process $line"; done
    unset IFS
    set +f
  }

  pids='' list='' shown=0 more=0
  hunt() {
    files=$(grep -ls -e ") . [0-9]* $leader " -e ") . [0-9]* [0-9]* $leader " -e "HEELER_JOB=__COOKIE__" \
      "/proc/$leader/stat" /proc/[0-9]*/stat /proc/[0-9]*/environ)
    for file in $files; do
      pid=${file#/proc/}
      pid=${pid%/*}
      case "$pids " in *" $pid "*) continue ;; esac
      if [ "${file##*/}" = stat ]; then
        # The pattern may have met a name.
        stat_of $pid
        set -- $stat
        case "${3:-} ${4:-}" in "$leader "* | *" $leader") ;; *) continue ;; esac
      fi
      if [ $shown = __MOST__ ]; then
        more=$((more + 1))
        continue
      fi
      shown=$((shown + 1))
      pids="$pids $pid"
      list="$list,$pid"
    done
  }

  # The same as `ps` tells it, for one process: for busybox, whose `ps` cannot, and where there is none.
  read_one() {
    stat_of $1
    pid=$1
    set -- $stat
    [ "${12:-}" ] || return
    began "$@"
    elapsed=$(((now - began) / 100))
    key=''
    while read -r key uid _; do [ "$key" = Uid: ] && break; done <"/proc/$pid/status"
    wait=''
    read -r wait <"/proc/$pid/wchan"
    text=$(tr '\000\n\\' '  \001' <"/proc/$pid/cmdline" | cut -b -600)
    if [ -z "$text" ]; then
      case $name in *[!!-Z^-~]*) name='?' ;; esac
      text="[$name]"
    fi
    say "process $pid $2 $1 #$uid $elapsed $(((${12} + ${13}) / 100)) ${wait:--} $text"
  }

  how=none
  if [ -e /proc/self/stat ]; then
    if command -v grep >/dev/null; then
      hunt
      how=proc
    fi
    text=''
    [ "$list" ] && text=$(LC_ALL=C.UTF-8 ps -o pid= -o ppid= -o stat= -o user:32= -o etimes= -o times= -o wchan:32= \
      -o args= -p "${list#,}" | tr '\\' '\001' | cut -b -700)
    if [ "$text" ]; then
      how="ps"
      tell "$text"
    elif [ "$list" ]; then
      stat_of self
      set -- $stat
      began "$@"
      now=$began
      for pid in $pids; do read_one $pid; done
    fi
  else
    text=$(ps -A -o pid= -o ppid= -o pgid= -o stat= -o user= -o etime= -o time= -o wchan= -o args= |
      tr '\\' '\001' | cut -b -700 |
      while read -r pid parent group rest; do
        [ "$group" = "$leader" ] && echo "$pid $parent $rest"
      done)
    [ "$text" ] && how=group
    tell "$text"
  fi
  say "processes $more $how"

  # A file system on a network may not answer any more.
  if [ "$disk" ]; then
    where=root place=/
    [ -d "/proc/$leader/cwd/." ] && where=job place=/proc/$leader/cwd/.
    text=$(df -kP "$place" | tr '\\' '\001')
    text=${text##*"$newline"}
    say "disk $where $text"
  fi
  say end
  exit 0
}
