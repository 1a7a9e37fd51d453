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

# need COMMAND=PACKAGE...: installs the packages of the commands that are not there.
need() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "${missing[@]}" >/dev/null
    fi
}

# Prints the path of the static program, built unless $VOICEAGENT_BINARY names one.
program() {
    local target=x86_64-unknown-linux-gnu
    if [ -n "${VOICEAGENT_BINARY:-}" ]; then
        echo "$VOICEAGENT_BINARY"
        return
    fi
    command -v cargo >/dev/null || {
        echo "cargo is missing: install Rust, see README.md" >&2
        exit 1
    }
    RUSTFLAGS='-C target-feature=+crt-static' cargo build --quiet --release --locked \
        --manifest-path "$project/Cargo.toml" --target "$target" >&2
    echo "${CARGO_TARGET_DIR:-$project/target}/$target/release/voiceagent"
}

# One run at a time in one folder.
lock() {
    mkdir -p "$folder"
    exec 9>"$folder/lock"
    flock --nonblock 9 || {
        echo "waiting for another run in $folder" >&2
        flock 9
    }
}
