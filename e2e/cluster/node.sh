#!/usr/bin/env bash
# Runs inside the node's namespaces: its first process, and the start of all that is not running.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

first_process() {
  local self
  read -r self _ </proc/self/stat # /proc is still the machine's, and so is this pid
  mount --make-rshared /
  mount -t tmpfs tmpfs /run # sockets and namespaces of containerd and its like, apart from the machine's own
  mkdir -p "$STATE/var-log" /run/lock
  mount --bind "$STATE/var-log" /var/log
  echo "$self $(started_at "$self")" >"$NODE_PID.new"
  mount -t proc proc /proc
  mv "$NODE_PID.new" "$NODE_PID"
  exec -a "$NODE" bash -c 'while :; do sleep 100000 & wait; done' # reaps the orphans
}

restarted=()
run() { # name, command...: one background process with its log, unless it is running
  local name=$1
  shift
  if alive "$STATE/pid/$name"; then
    kill -CONT "$(cut -d' ' -f1 "$STATE/pid/$name")" # a test that was ended in the middle may have stopped it
    return 0
  fi
  setsid "$@" >>"$STATE/log/$name.log" 2>&1 </dev/null &
  echo "$! $(started_at $!)" >"$STATE/pid/$name"
  restarted+=("$name")
}

start() {
  local began=${EPOCHREALTIME/[.,]/} took
  export KUBECONFIG=$ADMIN
  source "$here/control-plane.sh"
  source "$here/worker.sh"
  make_cgroup
  configure_worker
  run containerd containerd --config "$STATE/containerd.toml"
  make_certificates
  run_control_plane
  wait_for 20 containerd ctr -a "$SOCKET" version
  pause_image
  wait_for 60 'the API server' "$BIN/kubectl" get --raw /readyz
  run_kubelet
  run_controllers
  [ -e "$STATE/configured" ] || configure_cluster
  run_services
  wait_for 60 'the node to be ready' eval 'ready || [ -n "$(ended)" ]'
  [ -z "$(ended)" ] || die "Of the cluster's processes these have ended: $(ended | paste -sd' '). Their logs are in $STATE/log."
  [ ${#restarted[@]} = 0 ] && return
  took=$(((${EPOCHREALTIME/[.,]/} - began) / 100000))
  echo "Kubernetes $KUBERNETES is ready after $((took / 10)).$((took % 10)) s; started: ${restarted[*]}."
}
ended() { # those that were started and are no more
  local file
  for file in "$STATE"/pid/*; do alive "$file" || echo "${file##*/}"; done
}
ready() { # what was just started answers, the node is known as Ready, and a pod finds its service account
  http_ok 10248 /healthz && http_ok 10256 /healthz && http_ok 20244 /healthz && http_ok 8181 /ready &&
    [ "$("$BIN/kubectl" get node node0 -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')" = True ] &&
    "$BIN/kubectl" get serviceaccount default -n default
}
http_ok() ( # port, path
  exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&3 && grep -q '^HTTP/1.. 200' <&3
)

case ${1:-} in
  first-process) first_process ;;
  start) start ;;
  *) exit 2 ;;
esac
