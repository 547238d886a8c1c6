# shellcheck shell=sh
# The shim: the program that runs beside the command on the host. Plain POSIX sh: no temporary
# file, no FIFO, no signal that has to find its way, one `grep` for each search.
#
# The builder (program.rs) strips comments and indentation, fills in the words in double
# underscores, and sends the rest through the standard input of a fresh `sh`. All of it is one
# group, so the shell has read all of it before it runs any; what follows is the control pipe.
#
#   stage 1   starts the job and waits for its end
#     reader  copies the control lines, then says `eof`
#     ticker  with a lease: says `idle` now and then
#        |    one line per event
#   stage 2   all state: signals, searches, records
#        |    one line per beat
#   stage 3   answers beats: only it waits when the link takes nothing, and nothing waits for it
#
# Stage 1 sets no variables: one that the login has exported under the same name would then be
# changed for the job as well. The job's cookie is in the job's environment only, never in that
# of the shim's processes, so that a search does not find the shim.
{
  # 3 control, 4 records, 5 the job's output. The shells' own messages ("Terminated") must not
  # appear in the job's standard error, and must not end a shell by SIGPIPE after a cut.
  exec 3<&0 4>&2 5>&1 </dev/null 2>/dev/null
  echo "__MARK__ up" >&5
  echo "__MARK__ up" >&4
  # Where a whole session gets TERM (a system going down) the shim has to live on to see to the
  # job. These are caught and not ignored, because a job would inherit the latter.
  trap : HUP INT TERM
  # With `keep` (the lines that begin so are left out otherwise) the job writes to relays, which go on reading when the
  # link takes nothing any more: nothing that it prints can end it. They are left behind by those who start them, so
  # that the shim's end waits for nobody to whom the job has left its output.
  #keep relay() { trap '' HUP INT TERM PIPE; cat <&3 || cat <&3 >/dev/null; }
  {
    #keep { { { exec 4>&1 5>&6 >&7 6>&- 7>&-
    # Ignored until reader and ticker are there: they inherit it, and no signal is too early for them.
    trap '' HUP INT TERM
    # Also when this shell itself cannot go on, for instance because it cannot fork.
    trap 'echo "done $?"' EXIT
    (
      while read -r line; do echo "$line"; done <&3
      echo eof
    ) 4>&- 5>&- &
    echo "reader $!"
    # shellcheck disable=SC2194 # the builder fills in the word
    case __TICK__ in
      0) ;;
      *)
        (
          # No sleep may outlive the shim.
          trap 'kill -s KILL $!; exit' USR1
          while sleep __TICK__ & wait $!; do echo idle || exit; done
        ) 3<&- 4>&- 5>&- &
        echo "ticker $!"
        ;;
    esac
    trap : HUP INT TERM
    # The job gets a session of its own from the first tool that can make one. Python ignores
    # SIGPIPE and may set LC_CTYPE, which the job would inherit.
    if command -v setsid >/dev/null; then
      echo "how setsid"
      set -- setsid
    elif perl -MPOSIX -e 1 >/dev/null; then
      echo "how perl"
      set -- perl -MPOSIX -e 'setsid; exec @ARGV'
    elif python3 -c 1 >/dev/null; then
      echo "how python3"
      set -- env PYTHONCOERCECLOCALE=0 python3 -c 'import os,sys,signal as s;del os.environ["PYTHONCOERCECLOCALE"];[s.signal(n,s.SIG_DFL) for n in (s.SIGPIPE,s.SIGXFSZ)];os.setsid();os.execvp("sh",sys.argv[1:])'
    else
      echo "how alone"
    fi
    # In the foreground: a background job would ignore INT and QUIT for good. The command comes
    # through the environment, so that `ps` and `pkill -f` do not see it, and is gone from there
    # and from the arguments before it runs. Descriptors are named on the command because
    # ksh closes others, and the job tells its number before it can have any output.
    # shellcheck disable=SC2016 # for the job's shell to expand
    HEELER_JOB=__COOKIE__ HEELER_C1=__COMMAND__ "$@" sh -c 'echo "job $$"; exec >&8 2>&9 8>&- 9>&-; set -- "__JOINED__"; unset __NAMES__; eval "shift;$1"' 3<&- 8>&5 9>&4 4>&- 5>&-
    #keep } | { relay >&4 4>&- 5>&- 6>&- 7>&- & } 3<&0; } 6>&1 | { relay >&5 4>&- 5>&- 7>&- & } 3<&0; } 7>&1
  } | (
    trap '' HUP INT TERM PIPE
    export LC_ALL=C
    keep=__KEEP__ grace=__GRACE__ silence=__SILENCE__ reader='' ticker='' how='' job='' target='' home=- early=''
    ended='' stopping='' cut='' mute='' was_mute='' idle=0 tried='' missed=''
    # Dash and mksh want `--` before a group; busybox takes it for a number.
    dashes=--
    kill -s 0 -- $$ || dashes=''

    # Writes one record; it stays below PIPE_BUF, so it is written whole or not at all. A job can
    # make the shared stream non-blocking, and it may be full. After a cut nobody waits for it.
    say() {
      [ "$mute" ] && return
      # shellcheck disable=SC2034 # counts only
      for try in 1 2 3 4 5 6 7 8 9; do
        echo "__MARK__ $*" && return
        # A link that was cut fails just so, and its end of file waits behind this. The reader has told it and gone.
        [ "$cut" ] || { [ -e /proc/self/exe ] && ! [ -e "/proc/$reader/exe" ]; } && return
        sleep 1
      done
    }

    finish() {
      trap - EXIT
      # shellcheck disable=SC2086 # either may be missing
      kill -s USR1 $reader $ticker
      exit
    }

    # Signals the job with each of $1: its group at once, then what else is in its session. With
    # $2, a list of numbers, only these, and only where they are the job's own. Reports all that
    # is alive. The last file comes back only if the search ran to its end and could see the
    # processes of others: it is the proof without which nothing found means nothing.
    # shellcheck disable=SC2086,SC2013 # lists are to be split, and these paths have no spaces
    hunt() {
      signals=$1 only=$2 count=0 proof='' zombies='' seen='' denied=''
      [ "$only" ] || for s in $signals; do kill -s "$s" $target; done
      for file in $(grep -ls -e ") . [0-9]* [0-9]* $job " -e HEELER_JOB=__COOKIE__ -e '^1 (' \
        /proc/[0-9]*/stat /proc/[0-9]*/environ /proc//1/stat); do
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
        case ${4:-none},$file in
          none,*) continue ;;
          "$job",* | "$home",*/environ) class=session ;;
          *,*/environ) class=escaped ;;
          *) continue ;;
        esac
        seen="$seen $pid"
        case $1 in [ZXx]) zombies=1 && continue ;; esac
        key=''
        while read -r key _ uid _; do [ "$key" = Uid: ] && break; done <"/proc/$pid/status"
        [ "$key" ] || continue
        count=$((count + 1))
        case " $only ,$class" in *" $pid "* | "  ,session")
          if kill -s 0 "$pid"; then
            # These had theirs with the group.
            case $only,$job in ",$3" | ",$pid") ;; *)
              for s in $signals; do kill -s "$s" "$pid"; done ;;
            esac
          elif [ -e "/proc/$pid/stat" ]; then
            denied="$denied $pid"
          fi ;;
        esac
        # Printable ASCII only, and no backslash, which some echos interpret; brackets go
        # with it, as zsh cannot have `]` in this place.
        while :; do
          case $name in
            *[!!-Z^-~]*) name=${name%%[!!-Z^-~]*}_${name#*[!!-Z^-~]} ;;
            *) break ;;
          esac
        done
        say pid "$pid" "$class" "$1" "$uid" "${name:-_}"
      done
      # The same question is put once: a refusal goes to the log of the host's administrator.
      [ "$denied" ] && [ "$tried" != "$signals$denied" ] && for s in $signals; do
        tried=$signals$denied
        sudo -n kill -s "$s" $denied >/dev/null
      done
    }

    # Whether nobody answers any more. "No such process" is the only answer of kill that counts: no
    # permission and no fork look like success or failure elsewhere.
    # shellcheck disable=SC2086 # target is one or two words
    dead() {
      case $(kill -s 0 $target 2>&1) in *[Nn]"o such process"*) ;; *) return 1 ;; esac
    }

    # After a hunt: what is left, or that nothing is. Before the end of the job is known it is not
    # gone, whatever was found.
    verdict() {
      free=''
      if [ "$count$ended" = 01 ]; then
        dead && free=1
        [ "$proof" ] && [ "$zombies" ] && free=1
      fi
      case $free,$proof,$how in
        1,1,*) say gone all && finish ;;
        1,,alone) ;;
        1,,*) say gone group && finish ;;
      esac
      say left "$count"
    }

    # Ends the job without the runner: TERM, grace, KILL. It says nothing, because a write
    # could block.
    # shellcheck disable=SC2086 # target is one or two words
    see_out() {
      was_mute=$mute mute=1 cut=1 waited=0
      hunt 'TERM CONT' ''
      while [ "$waited" -lt $((grace + 100)) ]; do
        if sleep .1; then
          waited=$((waited + 1))
        else
          sleep 1
          waited=$((waited + 10))
        fi
        if [ "$waited" -ge "$grace" ]; then
          hunt KILL ''
        elif kill -s 0 $target; then
          continue
        else
          hunt '' ''
        fi
        [ "$count" = 0 ] && break
      done
      mute=$was_mute
    }

    # One event.
    on() {
      case $1 in
        reader) reader=$2 ;;
        ticker) ticker=$2 ;;
        how) how=$2 ;;
        job)
          job=$2 target="$dashes -$2"
          if [ "$how" = alone ]; then
            target=$job
            read -r _ _ _ _ _ home _ </proc/self/stat
          fi
          say job "$job" "$how"
          # What came before there was a job to do it to.
          # shellcheck disable=SC2086 # pairs of words
          set -- $early
          while [ $# -gt 0 ]; do
            on "$1" "$2"
            shift 2
          done
          ;;
        done)
          ended=1
          say exit "$2"
          { [ "$job" ] && [ "$stopping$cut" ]; } || finish
          hunt '' ''
          verdict
          [ "$cut" ] && finish
          ;;
        beat)
          idle=0
          [ "$mute" ] || echo >&6
          ;;
        leave) finish ;;
        idle)
          idle=$((idle + 1))
          # A job that is gone and of whose end nothing came: what waited for it was killed. Without
          # an exit record the runner knows that nobody can say how it ended.
          if [ -z "$ended" ] && dead; then
            [ "$missed" ] && finish
            missed=1
          fi
          [ "$idle" -lt "$silence" ] || [ "$cut" ] || { mute=1 && on over; }
          ;;
        eof)
          # Its number may belong to another process from now on.
          reader=''
          on over
          ;;
        *)
          if [ "$job" ]; then request "$@"; else early="$early $1 ${2:--}"; fi
          ;;
      esac
    }

    request() {
      case $1 in
        look)
          hunt '' ''
          verdict
          ;;
        sig)
          hunt "$2" "$3"
          verdict
          ;;
        stop)
          stopping=1
          hunt "$2 CONT" ''
          verdict
          ;;
        over)
          [ "$cut" ] || { [ "$keep" ] && [ -z "$stopping" ]; } && return
          see_out
          [ "$ended" ] && verdict
          [ "$ended" ] || [ "$count" != 0 ] && finish
          ;;
      esac
    }

    events() {
      while read -r a b c; do on "$a" "$b" "$c"; done
    }

    # A shell that cannot fork (the job has used up the user's processes) dies of it. What is
    # built in still works, and makes room; then it goes on.
    # shellcheck disable=SC2086,SC2317 # target is one or two words; called by the trap
    last_resort() {
      trap - EXIT
      [ -z "$target" ] || { [ "$keep" ] && [ -z "$stopping" ]; } || kill -s KILL $target
      mute=$was_mute
      events
      finish
    }
    trap last_resort EXIT
    events
    exit
  ) 6>&1 >&4 | (
    trap '' HUP INT TERM PIPE
    while read -r _; do echo "__MARK__ beat"; done
  ) >&4 3<&- 5>&-
  exit 0
}
