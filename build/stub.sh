#!/bin/sh
# smarteye @VERSION@ for @PLATFORM@.
# This script is the first part of the file; behind it stands a compressed archive of all that the
# program needs. The first start unpacks it, once, into a directory of the user's cache that is
# named by its content; every start runs it from there.
# Each start gives the file in_use there a new date; a version that has none of late, and that no
# process holds a lock on, another version removes (cli/unpacked.ts).
# Needs sh, tail, tar, gzip and the commands that every Unix has beside them.
# To take it apart by hand: tail -c +@OFFSET@ FILE | tar -xzf -

hash=@HASH@
megabytes=@MEGABYTES@
# The file was unpacked whole if these are there: the directory appears under its name only then.
runtime=deno
main=app/main.ts

case $0 in
  /*) self=$0 ;;
  *) self=$PWD/${0#./} ;;
esac

say() {
  printf 'smarteye: %s\n' "$*" >&2
}

# The date comes first: who removes looks at it last.
is_whole() {
  [ -f "$1/in_use" ] && { true >"$1/in_use"; } 2>/dev/null
  [ -x "$1/$runtime" ] && [ -f "$1/$main" ]
}

# start DIRECTORY ARGUMENT...: becomes the program, which gets all signals and gives its own status.
start() {
  home=$1
  shift
  export SMARTEYE_EXECUTABLE="$self" DENO_DIR="$home/cache" DENO_NO_UPDATE_CHECK=1
  exec "$home/$runtime" run --quiet --cached-only --no-remote --no-lock \
    --config "$home/app/deno.json" @PERMISSIONS@ "$home/$main" "$@"
}

# unpack PLACE: leaves PLACE/hash there whole, or says in $why that it could not.
# The archive goes into a directory beside it, which is then renamed. Of two that start at once one
# renames first; the other finds the name taken, removes its own and uses what is there.
unpack() {
  why="$1 cannot be written"
  (umask 077 && mkdir -p "$1") 2>/dev/null || return 1
  part=$(mktemp -d "$1/$hash.part.XXXXXX" 2>/dev/null) || return 1
  trap 'rm -rf "$part" "$part.old"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # What starts that were killed have left behind.
  find "$1" -maxdepth 1 -name '*.part.*' -mmin +60 -exec rm -rf {} + 2>/dev/null

  [ -t 2 ] && say "unpacking $megabytes MB into $1, this once"
  if ! tail -c +@OFFSET@ "$self" | tar -x -z -o -f - -C "$part"; then
    why="unpacking into $1 failed (it needs $megabytes MB; or the file $self is damaged)"
    rm -rf "$part"
    return 1
  fi
  true >"$part/in_use"
  # A directory that has lost a part since, to a cleaner of old files perhaps, makes room.
  if [ -d "$1/$hash" ] && ! is_whole "$1/$hash"; then
    mv "$1/$hash" "$part.old" && rm -rf "$part.old"
  fi
  # mv would move it *into* a directory of that name; the system's rename does not.
  DENO_DIR="$part/cache" DENO_NO_UPDATE_CHECK=1 \
    "$part/$runtime" eval --quiet --no-config --no-lock \
    'try { Deno.renameSync(Deno.args[0], Deno.args[1]) } catch { Deno.exit(3) }' \
    "$part" "$1/$hash"
  renamed=$?
  rm -rf "$part"
  trap - EXIT HUP INT TERM
  is_whole "$1/$hash" && return 0
  why="what was unpacked into $1 does not run (it is for @PLATFORM@; is the disk mounted noexec?)"
  [ $renamed = 3 ] && why="$1/$hash cannot be made"
  return 1
}

case @PLATFORM@ in
  *darwin*) cache=${HOME:+$HOME/Library/Caches} ;;
  *)
    case ${XDG_CACHE_HOME-} in
      /*) cache=$XDG_CACHE_HOME ;;
      *) cache=${HOME:+$HOME/.cache} ;;
    esac
    ;;
esac
place=${cache:+$cache/smarteye/unpacked}
# Where somebody has unpacked it for others, into a container's image perhaps.
case ${SMARTEYE_UNPACKED-} in /*) place=$SMARTEYE_UNPACKED ;; esac
[ -n "$place" ] && is_whole "$place/$hash" && start "$place/$hash" "$@"

# Where there is no such place. Anyone may write beside this one: it counts only if it is our own.
spare=${TMPDIR:-/tmp}/smarteye-$(id -u)
is_ours() {
  [ -d "$spare" ] && [ -O "$spare" ] && [ ! -L "$spare" ]
}
is_ours && is_whole "$spare/$hash" && start "$spare/$hash" "$@"

for tool in tail tar gzip; do
  command -v $tool >/dev/null || {
    say "cannot unpack itself: this machine has no \"$tool\""
    exit 1
  }
done
if [ -n "$place" ]; then
  unpack "$place" && start "$place/$hash" "$@"
else
  why='HOME is not set'
fi
first=$why
say "$first; trying $spare instead"
if [ -e "$spare" ] && ! is_ours; then
  why="$spare belongs to someone else"
elif unpack "$spare"; then
  start "$spare/$hash" "$@"
fi
say "cannot unpack itself: $first; $why."
say "Set XDG_CACHE_HOME or TMPDIR to a directory with $megabytes MB free from which programs may run."
exit 1
# ---- the archive begins in the next line ----
