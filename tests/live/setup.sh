# shellcheck shell=bash
# What `run` and `cost` share: the folders, the packages, the program. Sourced, not run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
folder=${VOICEAGENT_LIVE_DIR:-${TMPDIR:-/tmp}/voiceagent-live}
export PYTHONDONTWRITEBYTECODE=1

need_root() {
    [ "$(id -u)" -eq 0 ] || {
        echo "$0 needs root: it makes and enters chroots" >&2
        exit 1
    }
}

# attended COMMAND...: runs it so that a signal to this script ends it and all that it has started.
attended() {
    setsid "$@" &
    group=$!
    wait "$group"
    group=
}

group=
trap 'stopped 1' HUP
trap 'stopped 2' INT
trap 'stopped 15' TERM

# stopped SIGNAL: nothing is left behind.
stopped() {
    local left=50
    trap '' HUP INT TERM
    if [ -n "$group" ]; then
        kill -TERM -- "-$group" 2>/dev/null || true
        while kill -0 -- "-$group" 2>/dev/null && [ $((left -= 1)) -gt 0 ]; do
            sleep 0.1
        done
        kill -KILL -- "-$group" 2>/dev/null || true
    fi
    echo "stopped before the end" >&2
    exit $((128 + $1))
}

# need COMMAND=PACKAGE...: installs the packages of the commands that are not there.
need() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        attended apt-get -qq update
        DEBIAN_FRONTEND=noninteractive attended apt-get -qq install --no-install-recommends "${missing[@]}" >/dev/null
    fi
}

# Sets `binary` to the path of the static program, built unless $VOICEAGENT_BINARY names one.
program() {
    local target=x86_64-unknown-linux-gnu
    if [ -n "${VOICEAGENT_BINARY:-}" ]; then
        binary=$VOICEAGENT_BINARY
        return
    fi
    command -v cargo >/dev/null || {
        echo "cargo is missing: install Rust, see README.md" >&2
        exit 1
    }
    RUSTFLAGS='-C target-feature=+crt-static' attended cargo build --quiet --release --locked \
        --manifest-path "$project/Cargo.toml" --target "$target"
    binary="${CARGO_TARGET_DIR:-$project/target}/$target/release/voiceagent"
}

# Sets `package` to the path of the Debian package, of the program as it is now.
package() {
    local tools=$folder/tools target=x86_64-unknown-linux-gnu
    PATH=$PATH:$tools/bin
    if ! command -v cargo-deb >/dev/null; then
        echo "installing cargo-deb in $tools" >&2
        attended cargo install --quiet --locked --root "$tools" cargo-deb
    fi
    package=$folder/voiceagent.deb
    RUSTFLAGS='-C target-feature=+crt-static' attended cargo deb --quiet --locked \
        --manifest-path "$project/Cargo.toml" --target "$target" --output "$package" >/dev/null
}

# One run at a time in one folder.
lock() {
    mkdir -p "$folder"
    exec 9>"$folder/lock"
    flock --nonblock 9 || {
        echo "waiting for another run in $folder" >&2
        attended flock 9
    }
}

# make_systems ARGUMENT...: makes the Debian systems that are not there yet. It needs the network,
# and mounts of its own, which go with it.
make_systems() {
    attended unshare --mount python3 "$here/main.py" --folder "$folder" --make "$@"
}
