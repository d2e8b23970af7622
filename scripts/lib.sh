# What the scripts share. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# fingerprint PATH...: one hash over the names and the contents of all files.
fingerprint() {
  find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# need COMMAND PACKAGE: remembers the Debian package of a missing command.
missing=()
need() {
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

# install_missing installs what need() found.
install_missing() {
  ((${#missing[@]})) || return 0
  local as=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || die "These packages are missing: ${missing[*]}. Install them as root and run this again."
    as=(sudo)
  fi
  command -v apt-get >/dev/null || die "These packages are missing: ${missing[*]}. Install them with your system's package manager and run this again."
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${as[@]}" apt-get -o DPkg::Lock::Timeout=300 update -q
  "${as[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${missing[@]}"
  missing=()
}

# check_go ends with a sentence unless the Go of go.mod or a newer one is here.
check_go() {
  local want have
  want=$(sed -n 's/^go \([0-9.]*\)$/\1/p' go.mod)
  [[ -x /usr/local/go/bin/go ]] && PATH="$PATH:/usr/local/go/bin"
  command -v go >/dev/null || die "Go $want or newer is missing: unpack it to /usr/local/go, as the Go site describes, and run this again."
  have=$(go env GOVERSION | sed 's/^go//')
  [[ $(printf '%s\n%s\n' "$want" "${have%%[!0-9.]*}" | sort -V | head -1) == "$want" ]] ||
    die "Go $have is too old: this needs $want or newer."
}

# build_pages bundles scripts, styles, icons and fonts into ui/dist, from where
# they are embedded. It does nothing when the sources did not change.
build_pages() {
  local now stamp=ui/node_modules/.built-from
  now=$(fingerprint ui/package.json ui/package-lock.json ui/assets ui/templates ui/*.go) # pages and handlers name the icons
  if [[ -f $stamp && $(cat "$stamp") == "$now" && -n $(find ui/dist -name '*.js' -print -quit) ]]; then
    return 0
  fi
  say "building the pages' scripts and styles"
  (cd ui && npm ci --ignore-scripts --no-audit --no-fund && npm run --silent build)
  printf '%s' "$now" >"$stamp"
}
